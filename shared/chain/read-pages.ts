import { BaseError } from 'viem'
import { SubnetError } from '../errors.ts'
import type { ChainClients } from './connect.ts'

export interface BlockRange {
  readonly fromBlock: bigint
  /** Included. */
  readonly toBlock: bigint
}

/** What most public endpoints answer in one go; those that allow less say so and are asked for less. */
const mostBlocks = 5_000n
/** Below it an endpoint is of no use for reading events. */
const fewestBlocks = 8n

/** How endpoints refuse a range: too many blocks, or too many events in it. They share no code and few words. */
const refusal = /range|limit|too (many|large|big|wide)|more than|exceed|maximum|up to/i

/**
 * Reads events in ranges of blocks that an endpoint will answer, oldest first.
 * @param range to the head where `toBlock` is absent
 * @param read the events of one range
 * @param enough says of all events so far that no more are needed
 * @throws what `read` throws
 */
export async function readPages<T>(
  { publicClient }: ChainClients,
  range: { readonly fromBlock: bigint; readonly toBlock?: bigint },
  read: (page: BlockRange) => Promise<readonly T[]>,
  enough: (events: readonly T[]) => boolean = () => false,
): Promise<T[]> {
  const last = range.toBlock ?? (await publicClient.getBlockNumber({ cacheTime: 0 }))
  const events: T[] = []
  let length = mostBlocks
  for (let fromBlock = range.fromBlock; fromBlock <= last && !enough(events); ) {
    const end = fromBlock + length - 1n
    const toBlock = end < last ? end : last
    try {
      events.push(...(await read({ fromBlock, toBlock })))
      fromBlock = toBlock + 1n
    } catch (error) {
      if (length <= fewestBlocks || !isRefusal(error)) throw error
      length /= 4n
    }
  }
  return events
}

function isRefusal(error: unknown): boolean {
  const cause = error instanceof SubnetError ? error.cause : error
  return cause instanceof BaseError && refusal.test(`${cause.shortMessage} ${cause.details}`)
}
