import type { Hex } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { SubnetError } from '../shared/errors.ts'
import { readPrivateFile, writePrivateFile } from './keys/private-file.ts'

/**
 * A plain key in a file of its own: for devnets, and to import from. Keys of real value lie in keystores.
 * @throws SubnetError KEY_UNREADABLE, KEY_EXPOSED, KEY_MALFORMED
 */
export function readKeyFile(path: string): PrivateKeyAccount {
  return privateKeyToAccount(parsePlainKey(readPrivateFile(path, 'key file'), path))
}

export function writeKeyFile(path: string, key: Hex = generatePrivateKey()): PrivateKeyAccount {
  writePrivateFile(path, `${key}\n`)
  return privateKeyToAccount(key)
}

/**
 * The causes are not passed on: they may quote the key.
 * @throws SubnetError KEY_MALFORMED
 */
export function parsePlainKey(content: string, path: string): Hex {
  const key = content.trim()
  try {
    if (/^0x[0-9a-f]{64}$/i.test(key)) {
      privateKeyToAccount(key as Hex)
      return key as Hex
    }
  } catch {
    // Zero and numbers beyond the curve's order are no keys.
  }
  throw new SubnetError(
    'KEY_MALFORMED',
    `the key file ${path} does not hold one private key as 0x and 64 hex digits. Make a new one with: rollproof keys new FILE`,
    { details: { path } },
  )
}
