import type { ChainContext } from './connect.ts'
import { type MinerCommitment, readCommitmentEvents } from './read-commitments.ts'

/** Null when the miner has none. */
export async function readCommitment(
  chain: ChainContext,
  window: number,
  minerUid: number,
): Promise<MinerCommitment | null> {
  const found = await readCommitmentEvents(chain, window, minerUid)
  return found[0] ?? null
}
