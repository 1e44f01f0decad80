import type { EvidencePoint } from '../../../shared/protocol/evidence.ts'

/** What a validator makes of an epoch: the row that it reveals, and what it says lies under its evidence root. */
export interface ScoreReveal {
  /** By miner uid; null: it reveals nothing. */
  readonly weights: readonly number[] | null
  readonly evidence: readonly EvidencePoint[]
}

/** An epoch as a validator sees it before it commits. */
export interface EpochView {
  readonly miners: number
  /** What honest work would give. An attacker that does not ask has not worked. */
  work(): Promise<ScoreReveal>
  /** What the honest validators revealed last; null in the first epoch. */
  readonly lastRevealed: readonly ScoreReveal[] | null
  /** What they will reveal now: nobody can see it before the commit deadline but through a leak. */
  readonly leaked: readonly ScoreReveal[]
}

/** One way for a validator to be paid without work, or to move pay that is not its own. */
export interface ValidatorAttack {
  readonly name: string
  readonly gains: string
  /** evidence: recomputation proves it false; consensus: it earns less than honest work. null: neither. */
  readonly caughtBy: 'evidence' | 'consensus' | null
  score(epoch: EpochView): Promise<ScoreReveal>
}

/** The miners that attackers of this kind favour and harm; both work honestly. */
export const friend = 2
export const victim = 0
