import * as Keystore from 'ox/Keystore'
import type { Hex } from 'viem'

/** As any wallet could have written it, with so little work that tests need not wait. */
export function cheapKeystore(key: Hex, password: string): string {
  const [derived, options] = Keystore.scrypt({ password, n: 1024, r: 8, p: 1 })
  return JSON.stringify(Keystore.encrypt(key, derived, options))
}
