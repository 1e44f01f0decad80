import type { Address } from 'viem'
import { SubnetError } from '../errors.ts'
import { stakeRegistryAbi } from './abi.ts'
import { approveCalls } from './approve-call.ts'
import { revertedWith } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import type { Identity } from './read-entity.ts'
import { readIdentity } from './read-identity.ts'
import { readRegistrationPrice } from './read-registration-price.ts'
import { type Role, roleIndex } from './role.ts'
import { type AnyCall, sendTransaction, signerOf } from './send-transaction.ts'

export interface Registration {
  readonly role: Role
  readonly hotKey: Address
  /** Token units. */
  readonly stake: bigint
  /** Token units, besides the stake; what it costs now when absent. */
  readonly maxPrice?: bigint | undefined
}

/**
 * Bonds the signing owner's tokens behind a hot key, and pays the price of an identity. Nothing is sent when the hot
 * key already serves this owner.
 * @throws SubnetError HOT_KEY_OF_ANOTHER when it serves another owner; CHAIN_REVERTED PriceAboveMaximum
 */
export async function registerIdentity(chain: ChainContext, registration: Registration): Promise<Identity> {
  for (const call of await registerCalls(chain, registration)) await sendTransaction(chain, call)
  return readIdentity(chain, registration.role, registration.hotKey)
}

/** What `registerIdentity` sends. @throws SubnetError HOT_KEY_OF_ANOTHER */
export async function registerCalls(
  chain: ChainContext,
  { role, hotKey, stake, maxPrice }: Registration,
): Promise<AnyCall[]> {
  const owner = signerOf(chain).account.address
  const known = await findIdentity(chain, role, hotKey)
  if (known?.owner === owner) return []
  if (known) {
    throw new SubnetError(
      'HOT_KEY_OF_ANOTHER',
      `hot key ${hotKey} already serves ${role} ${known.uid} of ${known.owner}. Make a new hot key.`,
      { details: { role, hotKey, owner: known.owner } },
    )
  }
  const price = maxPrice ?? (await readRegistrationPrice(chain, role))
  const register: AnyCall = {
    address: chain.deployment.contracts.stakeRegistry,
    abi: stakeRegistryAbi,
    functionName: 'register',
    args: [roleIndex(role), hotKey, stake, price],
  }
  return [...(await approveCalls(chain, owner, stake + price)), register]
}

async function findIdentity(chain: ChainContext, role: Role, hotKey: Address): Promise<Identity | null> {
  try {
    return await readIdentity(chain, role, hotKey)
  } catch (error) {
    if (revertedWith(error) === 'HotKeyUnknown') return null
    throw error
  }
}
