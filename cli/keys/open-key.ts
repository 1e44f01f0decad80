import type { Address, Hex } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { SubnetError } from '../../shared/errors.ts'
import { parsePlainKey } from '../key-file.ts'
import { addressOf, parseKeystore, unsealKey } from './keystore.ts'
import { obtainPassword } from './password.ts'
import { readPrivateFile } from './private-file.ts'

/** Where Hardhat and Anvil run chains of worthless money. */
const devnetChainId = 31_337

/** A key, and where its password comes from; a terminal is asked where no file is named. */
export interface KeySource {
  readonly file: string
  readonly passwordFile: string | undefined
}

/**
 * Opens a keystore. A key in plain text is taken on a devnet's chain only.
 * @throws SubnetError KEY_UNREADABLE, KEY_EXPOSED, KEY_PLAIN, KEY_MALFORMED, KEYSTORE_MALFORMED, PASSWORD_MISSING,
 *   PASSWORD_WRONG
 */
export async function openKey(
  { file, passwordFile }: KeySource,
  { chainId }: { readonly chainId: number },
): Promise<PrivateKeyAccount> {
  const content = readPrivateFile(file, 'key file')
  if (!isPlain(content)) return privateKeyToAccount(await unlock(content, { file, passwordFile }))
  if (chainId !== devnetChainId) throw plain(file, chainId)
  return privateKeyToAccount(parsePlainKey(content, file))
}

/** The key itself, from a keystore of any maker or from plain text: to be sealed anew. */
export async function extractKey({ file, passwordFile }: KeySource): Promise<Hex> {
  const content = readPrivateFile(file, 'key file')
  return isPlain(content) ? parsePlainKey(content, file) : unlock(content, { file, passwordFile })
}

/** Whom a key file says that it is of, without a password; null for a keystore that does not say. */
export function peekAddress(file: string): { readonly address: Address | null; readonly plain: boolean } {
  const content = readPrivateFile(file, 'key file')
  if (!isPlain(content)) return { address: addressOf(parseKeystore(content, file)), plain: false }
  return { address: privateKeyToAccount(parsePlainKey(content, file)).address, plain: true }
}

async function unlock(content: string, { file, passwordFile }: KeySource): Promise<Hex> {
  const keystore = parseKeystore(content, file)
  return unsealKey(keystore, await obtainPassword(file, passwordFile), file)
}

const isPlain = (content: string) => !content.trimStart().startsWith('{')

function plain(file: string, chainId: number): SubnetError {
  return new SubnetError(
    'KEY_PLAIN',
    `${file} holds a key in plain text, which is not taken on chain ${chainId}. Put it under a password: rollproof keys import NEW-FILE --from ${file}`,
    { details: { file, chainId } },
  )
}
