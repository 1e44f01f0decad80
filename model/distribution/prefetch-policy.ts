import { revertedWith } from '../../shared/chain/ask-chain.ts'
import { readActivePolicy } from '../../shared/chain/read-active-policy.ts'
import { readPendingPolicies } from '../../shared/chain/read-pending-policies.ts'
import type { Duty } from '../../shared/duty.ts'
import type { Network } from '../../shared/network.ts'
import { windowAt } from '../../shared/protocol/schedule.ts'
import type { PolicyKeeper } from './policy-keeper.ts'

/**
 * Has the policy of the next window at hand before that window begins, and those that may follow it: during their
 * challenge there is time. Looks once for each block.
 */
export function prefetchPolicy({ chain, schedule }: Network, policies: PolicyKeeper): Duty {
  let seen = -1n
  return {
    name: 'fetch policy',
    async run(block) {
      const next = windowAt(schedule, block) + 1
      if (block === seen || next < 0) return
      try {
        await policies.obtain(await readActivePolicy(chain, next))
        for (const pending of await readPendingPolicies(chain)) await policies.obtain(pending)
      } catch (error) {
        if (revertedWith(error) !== 'NoActivePolicy') throw error
      }
      seen = block
    },
  }
}
