import { type Hex, zeroHash } from 'viem'
import type { ChainContext } from '../shared/chain/connect.ts'
import { readActivePolicy } from '../shared/chain/read-active-policy.ts'
import { type PublishedPolicy, readPolicy } from '../shared/chain/read-policy.ts'

export interface Lineage {
  /** The policy that the next update starts from: announced last and not rejected, in force yet or not. */
  readonly latest: PublishedPolicy
  /** Manifest hashes, oldest first; the last is `latest`. */
  readonly hashes: readonly Hex[]
}

/** Beyond every window: the chain answers with what is announced last. */
const endOfDays = Number.MAX_SAFE_INTEGER

/** @param generations how many of its ancestors are of interest */
export async function readLineage(chain: ChainContext, generations: number): Promise<Lineage> {
  const latest = await readActivePolicy(chain, endOfDays)
  const hashes = [latest.manifestHash]
  for (let { parent } = latest; parent !== zeroHash && hashes.length <= generations; ) {
    hashes.unshift(parent)
    ;({ parent } = await readPolicy(chain, parent))
  }
  return { latest, hashes }
}
