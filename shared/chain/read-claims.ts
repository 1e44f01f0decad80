import { revealEnd } from '../protocol/schedule.ts'
import { rewardVaultAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readPages } from './read-pages.ts'
import { readSchedule } from './read-schedule.ts'
import { type Role, roleIndex } from './role.ts'

/** A payout that was fetched. */
export interface Claim {
  readonly epoch: number
  readonly role: Role
  readonly uid: number
  /** Token units. */
  readonly amount: bigint
}

/** Claims of the given epochs, in block order. */
export async function readClaims(chain: ChainContext, epochs: readonly number[]): Promise<Claim[]> {
  if (epochs.length === 0) return []
  const fromBlock = revealEnd(await readSchedule(chain), Math.min(...epochs))
  const events = await askChain('read the claims', () =>
    readPages(chain, { fromBlock }, (page) =>
      chain.publicClient.getContractEvents({
        address: chain.deployment.contracts.rewardVault,
        abi: rewardVaultAbi,
        eventName: 'Claimed',
        args: { epoch: epochs.map(BigInt) },
        ...page,
        strict: true,
      }),
    ),
  )
  return events.map(({ args: { epoch, role, uid, amount } }) => {
    return { epoch: Number(epoch), role: role === roleIndex('miner') ? 'miner' : 'validator', uid, amount }
  })
}
