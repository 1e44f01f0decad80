import { BlockNotFoundError } from 'viem'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

/**
 * Whether a block is there and lies so deep that it cannot vanish: what must not be decided wrongly is decided by this,
 * and not by the number of a head, which another endpoint may have told.
 * @returns the number of the block that stands on it, at which to read what is decided; null where it has not passed
 */
export async function hasPassed(
  { publicClient, outbox }: ChainContext,
  block: bigint,
): Promise<bigint | null> {
  const blockNumber = block + BigInt((outbox?.confirmations ?? 1) - 1)
  return askChain(`look for block ${blockNumber}`, async () => {
    try {
      return (await publicClient.getBlock({ blockNumber })).number
    } catch (error) {
      if (error instanceof BlockNotFoundError) return null
      throw error
    }
  })
}
