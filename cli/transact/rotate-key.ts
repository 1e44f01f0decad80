import { existsSync } from 'node:fs'
import type { Address } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { Role } from '../../shared/chain/role.ts'
import { rotateHotKeyCalls } from '../../shared/chain/stake-calls.ts'
import { createKeystore } from '../keys/create-keystore.ts'
import { openKey } from '../keys/open-key.ts'
import { findIdentity, type IdentityName } from './find-identity.ts'
import { type OwnerValues, openOwner } from './open-owner.ts'
import { type Performed, perform } from './perform.ts'

interface RotateValues extends IdentityName, OwnerValues {
  readonly passwordFile: string | undefined
  readonly dryRun: boolean
}

/**
 * The new key is on disk, and was opened from there, before the chain hears of it: nothing can name a key that
 * nobody has.
 */
export async function rotateKey(
  values: RotateValues,
  file: string,
): Promise<{
  role: Role
  uid: number
  oldHotKey: Address
  newHotKey: Address
  performed: readonly Performed[]
}> {
  const chain = await openOwner(values)
  const { role, uid, hotKey } = await findIdentity(chain, values)
  const newHotKey = await obtainNewKey(file, values, chain.deployment)
  const calls = rotateHotKeyCalls(chain, { role, uid, hotKey }, newHotKey)
  const performed = await perform(chain, calls, values.dryRun)
  return { role, uid, oldHotKey: hotKey, newHotKey, performed }
}

async function obtainNewKey(
  file: string,
  { passwordFile, dryRun }: RotateValues,
  { chainId }: { readonly chainId: number },
): Promise<Address> {
  if (existsSync(file)) return (await openKey({ file, passwordFile }, { chainId })).address
  // Tried with a key that is then forgotten.
  if (dryRun) return privateKeyToAccount(generatePrivateKey()).address
  return (await createKeystore(file, passwordFile)).address
}
