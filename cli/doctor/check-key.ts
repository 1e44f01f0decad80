import { openKey, peekAddress } from '../keys/open-key.ts'
import { type Finding, failed, ok, warn } from './finding.ts'

/** The key file, and whether the password that was named opens it. */
export async function checkKey(
  { key, passwordFile }: { readonly key: string; readonly passwordFile: string | undefined },
  chain: { readonly chainId: number },
): Promise<Finding> {
  try {
    const { address, plain } = peekAddress(key)
    if (passwordFile === undefined && !plain) {
      const fix = 'give --password-file FILE (mode 600), so that the role starts without anybody typing'
      return warn('key', `${key} is of ${address ?? 'an address that it does not say'}; not opened`, fix)
    }
    const account = await openKey({ file: key, passwordFile }, chain)
    return ok('key', `${key} opens, and is of ${account.address}`)
  } catch (error) {
    return failed('key', error, fixOf((error as { code?: string }).code, key))
  }
}

function fixOf(code: string | undefined, key: string): string {
  switch (code) {
    case 'KEY_UNREADABLE':
      return `make one: rollproof keys new ${key}; or give the right --key and --password-file`
    case 'KEY_EXPOSED':
      return 'chmod 600 the file that is named'
    case 'KEY_PLAIN':
      return `rollproof keys import NEW-FILE --from ${key}`
    case 'PASSWORD_WRONG':
      return 'give the --password-file that belongs to this keystore'
    default:
      return 'restore a copy of the keystore, or let the owner name a new key: rollproof keys rotate NEW-FILE'
  }
}
