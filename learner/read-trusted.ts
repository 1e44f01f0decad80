import type { ChainContext } from '../shared/chain/connect.ts'
import { readNextEpoch } from '../shared/chain/read-next-epoch.ts'
import { readSettlements } from '../shared/chain/read-settlements.ts'

/** Epochs to look back when the last ones paid nobody. */
const longestLookBack = 4

/**
 * Miners in good standing: those that the stake of the validators agreed to pay in the last epoch that paid anyone.
 * A miner that cheats or is new has nothing there. The learner checks what it trains on in any case; this keeps it
 * from working through the bundles of those whom others have found out.
 * @returns null while no epoch paid anyone: then nobody is known to be better than anybody else
 */
export async function readTrusted(chain: ChainContext): Promise<ReadonlySet<number> | null> {
  const next = await readNextEpoch(chain)
  const first = Math.max(0, next - longestLookBack)
  const epochs = Array.from({ length: next - first }, (_, i) => first + i)
  const paying = (await readSettlements(chain, epochs)).findLast(({ voided }) => !voided)
  if (!paying) return null
  return new Set(paying.consensus.flatMap((weight, miner) => (weight > 0 ? [miner] : [])))
}
