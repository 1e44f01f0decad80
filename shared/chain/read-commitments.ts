import type { Address, Hex } from 'viem'
import { commitDeadline, windowStart } from '../protocol/schedule.ts'
import { rolloutLogAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readSchedule } from './read-schedule.ts'

/** What bound a miner in a window before the audit beacon existed. */
export interface MinerCommitment {
  readonly minerUid: number
  /** Hot key that signed. */
  readonly miner: Address
  readonly root: Hex
  readonly groups: number
  readonly rollouts: number
  /** Where the miner says its bundle can be fetched: a stranger's text. */
  readonly uri: string
  readonly block: bigint
}

/** All commitments of a window, in block order; the contract takes one per miner. */
export async function readCommitments(chain: ChainContext, window: number): Promise<MinerCommitment[]> {
  return readCommitmentEvents(chain, window)
}

/** @param minerUid all miners when absent */
export async function readCommitmentEvents(
  chain: ChainContext,
  window: number,
  minerUid?: number,
): Promise<MinerCommitment[]> {
  const { publicClient, deployment } = chain
  const schedule = await readSchedule(chain)
  const fromBlock = windowStart(schedule, window)
  const head = await askChain('read the head', () => publicClient.getBlockNumber({ cacheTime: 0 }))
  if (head < fromBlock) return []
  const events = await askChain(`read the commitments of window ${window}`, () =>
    publicClient.getContractEvents({
      address: deployment.contracts.rolloutLog,
      abi: rolloutLogAbi,
      eventName: 'RootCommitted',
      args: { window: BigInt(window), ...(minerUid === undefined ? {} : { minerUid }) },
      fromBlock,
      toBlock: commitDeadline(schedule, window),
      strict: true,
    }),
  )
  return events.map(({ args, blockNumber }) => ({
    minerUid: args.minerUid,
    miner: args.miner,
    root: args.root,
    groups: args.groups,
    rollouts: args.rollouts,
    uri: args.uri,
    block: blockNumber,
  }))
}
