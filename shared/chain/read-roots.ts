import type { Address, Hex } from 'viem'
import { commitDeadline, type Schedule, windowStart } from '../protocol/schedule.ts'
import { rolloutLogAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readBlockNumber } from './read-block-number.ts'
import { readPages } from './read-pages.ts'

/** What a hot key put on the open log, whether it binds anybody or not. */
export interface LoggedRoot {
  readonly hotKey: Address
  readonly root: Hex
  readonly groups: number
  readonly block: bigint
}

/** Nodes bound how many topics a query may name. */
const keysPerQuery = 500

/**
 * What these keys committed in a window, in the order of the keys. Anyone may commit, so the keys are asked for by
 * name: a stranger's flood is left on the node, and the log gives a key one commitment per window.
 */
export async function readRoots(
  chain: ChainContext,
  schedule: Schedule,
  window: number,
  keys: readonly Address[],
): Promise<LoggedRoot[]> {
  const { publicClient, deployment } = chain
  const fromBlock = windowStart(schedule, window)
  if ((await readBlockNumber(chain)) < fromBlock) return []
  const found: LoggedRoot[] = []
  for (let first = 0; first < keys.length; first += keysPerQuery) {
    const events = await askChain(`read the commitments of window ${window}`, () =>
      readPages(chain, { fromBlock, toBlock: commitDeadline(schedule, window) }, (page) =>
        publicClient.getContractEvents({
          address: deployment.contracts.rolloutLog,
          abi: rolloutLogAbi,
          eventName: 'RootCommitted',
          args: { window: BigInt(window), hotKey: keys.slice(first, first + keysPerQuery) },
          ...page,
          strict: true,
        }),
      ),
    )
    for (const { args, blockNumber: block } of events) {
      found.push({ hotKey: args.hotKey, root: args.root, groups: args.groups, block })
    }
  }
  return found
}
