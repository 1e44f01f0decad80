import type { Address } from 'viem'
import { revertedWith } from '../../shared/chain/ask-chain.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { type Identity, readEntity } from '../../shared/chain/read-entity.ts'
import { readIdentity } from '../../shared/chain/read-identity.ts'
import type { Role } from '../../shared/chain/role.ts'
import { SubnetError } from '../../shared/errors.ts'
import { peekAddress } from '../keys/open-key.ts'

/** Whom an operator means. */
export interface IdentityName {
  readonly role: Role
  readonly uid: number | undefined
  readonly hotKey: Address | undefined
  readonly key: string | undefined
}

/** @throws SubnetError CONFIG_INVALID, HOT_KEY_UNREGISTERED, CHAIN_REVERTED UnknownIdentity */
export function findIdentity(
  chain: ChainContext,
  { role, uid, hotKey, key }: IdentityName,
): Promise<Identity> {
  if (uid !== undefined) return readEntity(chain, role, uid)
  const address = hotKey ?? addressIn(key)
  if (address) return identityOf(chain, role, address)
  throw new SubnetError(
    'CONFIG_INVALID',
    `say which ${role} is meant: --uid N, --hot-key ADDRESS, or --key with the keystore of its hot key`,
  )
}

/** @throws SubnetError HOT_KEY_UNREGISTERED */
export async function identityOf(chain: ChainContext, role: Role, hotKey: Address): Promise<Identity> {
  try {
    return await readIdentity(chain, role, hotKey)
  } catch (cause) {
    if (revertedWith(cause) !== 'HotKeyUnknown') throw cause
    throw new SubnetError(
      'HOT_KEY_UNREGISTERED',
      `hot key ${hotKey} serves no ${role} of the subnet ${chain.deployment.name}. Register it first (rollproof register --role ${role} --hot-key ${hotKey} …), or give the right --key.`,
      { details: { role, hotKey }, cause },
    )
  }
}

function addressIn(key: string | undefined): Address | null {
  return key === undefined ? null : peekAddress(key).address
}
