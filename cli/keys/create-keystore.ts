import { existsSync } from 'node:fs'
import type { Hex } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { SubnetError } from '../../shared/errors.ts'
import { sealKey } from './keystore.ts'
import { choosePassword } from './password.ts'
import { writePrivateFile } from './private-file.ts'

/**
 * Writes a key, a new one unless given, under a password.
 * @throws SubnetError KEY_NOT_WRITTEN, PASSWORD_MISSING, PASSWORD_WEAK, and those of the password file
 */
export async function createKeystore(
  file: string,
  passwordFile: string | undefined,
  key: Hex = generatePrivateKey(),
): Promise<PrivateKeyAccount> {
  requireNew(file)
  writePrivateFile(file, sealKey(key, await choosePassword(file, passwordFile)))
  return privateKeyToAccount(key)
}

/** Before anybody types a password twice. */
function requireNew(file: string): void {
  if (!existsSync(file)) return
  throw new SubnetError('KEY_NOT_WRITTEN', `${file} exists, and a key is never overwritten`, {
    details: { path: file },
  })
}
