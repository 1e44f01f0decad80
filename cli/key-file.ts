import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { Hex } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { SubnetError } from '../shared/errors.ts'

/**
 * A key lives in a file of its own that only its owner can read; it never passes through argv, the environment or
 * a log. Keys of real value belong on the owner side of `register`, away from this machine.
 * @throws SubnetError KEY_UNREADABLE, KEY_EXPOSED, KEY_MALFORMED
 */
export function readKeyFile(path: string): PrivateKeyAccount {
  const { mode, content } = readPrivate(path)
  if ((mode & 0o077) !== 0) {
    throw new SubnetError('KEY_EXPOSED', `others can read the key file ${path}. Run: chmod 600 ${path}`, {
      details: { path },
    })
  }
  return toAccount(content, path)
}

/** The causes are not passed on: they may quote the key. */
function toAccount(content: string, path: string): PrivateKeyAccount {
  try {
    if (/^0x[0-9a-f]{64}$/i.test(content)) return privateKeyToAccount(content as Hex)
  } catch {
    // Zero and numbers beyond the curve's order are no keys.
  }
  throw new SubnetError(
    'KEY_MALFORMED',
    `the key file ${path} does not hold one private key as 0x and 64 hex digits. Make a new one with: rollproof keys new FILE`,
    { details: { path } },
  )
}

/** Refuses to overwrite: a lost key is a lost identity. */
export function writeKeyFile(path: string, key: Hex = generatePrivateKey()): PrivateKeyAccount {
  try {
    writeFileSync(path, `${key}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(path, 0o600)
  } catch (error) {
    throw new SubnetError(
      'KEY_NOT_WRITTEN',
      `cannot write a new key to ${path}: ${(error as Error).message}`,
      {
        details: { path },
        cause: error,
      },
    )
  }
  return privateKeyToAccount(key)
}

function readPrivate(path: string): { mode: number; content: string } {
  try {
    return { mode: statSync(path).mode, content: readFileSync(path, 'utf8').trim() }
  } catch (error) {
    throw new SubnetError('KEY_UNREADABLE', `cannot read the key file ${path}: ${(error as Error).message}`, {
      details: { path },
      cause: error,
    })
  }
}
