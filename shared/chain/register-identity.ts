import type { Address } from 'viem'
import { SubnetError } from '../errors.ts'
import { stakeRegistryAbi, subnetTokenAbi } from './abi.ts'
import { askChain, revertedWith } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import type { Identity } from './read-entity.ts'
import { readIdentity } from './read-identity.ts'
import { readRegistrationPrice } from './read-registration-price.ts'
import { type Role, roleIndex } from './role.ts'
import { sendTransaction, signerOf } from './send-transaction.ts'

/**
 * Bonds the signing owner's tokens behind a hot key, and pays the price of an identity. Nothing is sent when the hot
 * key already serves this owner.
 * @param stake token units
 * @param maxPrice token units, besides the stake; what it costs now when absent
 * @throws SubnetError HOT_KEY_OF_ANOTHER when it serves another owner; CHAIN_REVERTED PriceAboveMaximum
 */
export async function registerIdentity(
  chain: ChainContext,
  {
    role,
    hotKey,
    stake,
    maxPrice,
  }: { role: Role; hotKey: Address; stake: bigint; maxPrice?: bigint | undefined },
): Promise<Identity> {
  const owner = signerOf(chain).account.address
  const known = await findIdentity(chain, role, hotKey)
  if (known?.owner === owner) return known
  if (known) {
    throw new SubnetError(
      'HOT_KEY_OF_ANOTHER',
      `hot key ${hotKey} already serves ${role} ${known.uid} of ${known.owner}. Make a new hot key.`,
      { details: { role, hotKey, owner: known.owner } },
    )
  }
  const price = maxPrice ?? (await readRegistrationPrice(chain, role))
  await approve(chain, owner, stake + price)
  await sendTransaction(chain, {
    address: chain.deployment.contracts.stakeRegistry,
    abi: stakeRegistryAbi,
    functionName: 'register',
    args: [roleIndex(role), hotKey, stake, price],
  })
  return readIdentity(chain, role, hotKey)
}

async function findIdentity(chain: ChainContext, role: Role, hotKey: Address): Promise<Identity | null> {
  try {
    return await readIdentity(chain, role, hotKey)
  } catch (error) {
    if (revertedWith(error) === 'HotKeyUnknown') return null
    throw error
  }
}

/** Exactly what may be taken. */
async function approve(chain: ChainContext, owner: Address, amount: bigint): Promise<void> {
  const { token, stakeRegistry } = chain.deployment.contracts
  const allowed = await askChain('read the allowance', () =>
    chain.publicClient.readContract({
      address: token,
      abi: subnetTokenAbi,
      functionName: 'allowance',
      args: [owner, stakeRegistry],
    }),
  )
  if (allowed >= amount) return
  await sendTransaction(chain, {
    address: token,
    abi: subnetTokenAbi,
    functionName: 'approve',
    args: [stakeRegistry, amount],
  })
}
