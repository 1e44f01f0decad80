import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

/** The newest block's number, never from a cache: deadlines are counted in blocks. */
export async function readBlockNumber({ publicClient }: ChainContext): Promise<bigint> {
  return askChain('read the block number', () => publicClient.getBlockNumber({ cacheTime: 0 }))
}
