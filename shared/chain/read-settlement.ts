import type { ChainContext } from './connect.ts'
import { readSettlements, type Settlement } from './read-settlements.ts'

/** Null while the epoch is not settled. */
export async function readSettlement(chain: ChainContext, epoch: number): Promise<Settlement | null> {
  const [settlement] = await readSettlements(chain, [epoch])
  return settlement ?? null
}
