import { windowAt } from '../protocol/schedule.ts'
import type { ChainContext } from './connect.ts'
import { readBlockNumber } from './read-block-number.ts'
import { readChallengeBlocks } from './read-challenge-blocks.ts'
import type { PublishedPolicy } from './read-policy.ts'
import { readSchedule } from './read-schedule.ts'

/** The first window for which an update may be announced in the next block: none before its challenge is over. */
export async function readEarliestActivation(chain: ChainContext, latest: PublishedPolicy): Promise<number> {
  const over = (await readBlockNumber(chain)) + 1n + (await readChallengeBlocks(chain))
  return Math.max(windowAt(await readSchedule(chain), over - 1n) + 1, latest.activationWindow)
}
