import { windowAt } from '../protocol/schedule.ts'
import { policyRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readBlockNumber } from './read-block-number.ts'
import type { PublishedPolicy } from './read-policy.ts'
import { readSchedule } from './read-schedule.ts'

/** The first window for which an update may be announced in the next block: none before its challenge is over. */
export async function readEarliestActivation(chain: ChainContext, latest: PublishedPolicy): Promise<number> {
  const { publicClient, deployment } = chain
  const challengeBlocks = await askChain('read the length of a challenge', () =>
    publicClient.readContract({
      address: deployment.contracts.policyRegistry,
      abi: policyRegistryAbi,
      functionName: 'challengeBlocks',
    }),
  )
  const schedule = await readSchedule(chain)
  const over = (await readBlockNumber(chain)) + 1n + challengeBlocks
  return Math.max(windowAt(schedule, over - 1n) + 1, latest.activationWindow)
}
