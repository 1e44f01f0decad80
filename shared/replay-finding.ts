import type { Hex } from 'viem'
import type { PublishedPolicy } from './chain/read-policy.ts'

/**
 * What came of taking a published update again.
 * - `agrees`: it is what its record's inputs give.
 * - `disagrees`: it is not, or its record is no update at all.
 * - `withheld`: something that it takes to say so could not be had from anyone.
 */
export type ReplayOutcome = 'agrees' | 'disagrees' | 'withheld'

export interface ReplayFinding {
  readonly outcome: ReplayOutcome
  /** Everything that is wrong or missing; empty when it agrees. */
  readonly findings: readonly string[]
  /** Manifest hash of what this machine made of the record; null where nothing could be made of it. */
  readonly ownHash: Hex | null
}

/**
 * How a validator has an update taken again, without knowing how one is taken. `cpuMs` is the processor time that it
 * cost: 0 where nothing was computed.
 */
export type ReplayPolicy = (policy: PublishedPolicy) => Promise<ReplayFinding & { readonly cpuMs: number }>
