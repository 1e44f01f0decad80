import { type Judgement, PPM } from '../environments/environment.ts'
import type { ScoreCoefficients } from './rules.ts'

/** Weights of a row sum to at most this: 15 bits, so that sixteen lanes fit one EVM word in settlement. */
export const rowTotal = 32_767

/**
 * A rejected token costs this many. At 1, what is found costs no more than it earned, what is not found stays, and
 * cheating rarely pays: a forged answer may earn twice as much as an honest one and make its whole group one
 * whose rewards differ. 32 is above what one rollout can add under the devnet's coefficients up to G = 48.
 */
const rejectionCost = 32

/** One rollout of a bundle as a validator judged it itself. */
export interface JudgedRollout extends Judgement {
  readonly tokens: number
}

/** A miner's window as one validator recomputed it. */
export interface MinerWindow {
  /** Every rollout of the groups that were read for the score. */
  readonly scoredGroups: readonly (readonly JudgedRollout[])[]
  /** Groups that the miner committed. */
  readonly committedGroups: number
  /** Tokens of the audited rollouts, and of those among them that every check accepted. */
  readonly auditedTokens: number
  readonly acceptedTokens: number
  readonly excluded: boolean
}

/**
 * score = Σ tokens · (base + correctness + reasoning + satisfaction + signal), each times its coefficient, the sum
 * over all rollouts, of which the groups that the beacon chose stand for the rest: equal to it on average whatever
 * a miner does, since it commits before it can know which are chosen. Signal is 1 in groups whose rewards differ:
 * those that a learner can learn from. A sum, and not a product of means, so that splitting one miner into many
 * identities gains nothing whatever the lengths and rewards. Integers, so that validators agree to the last digit.
 *
 * @returns tokens in ppm²
 */
export function minerScore(window: MinerWindow, coefficients: ScoreCoefficients): bigint {
  const { scoredGroups, committedGroups, auditedTokens } = window
  if (window.excluded || auditedTokens === 0 || scoredGroups.length === 0) return 0n
  const work = scoredGroups.reduce((sum, group) => sum + groupWork(group, coefficients), 0n)
  const counted = work * BigInt(committedGroups) * BigInt(countedTokens(window))
  return counted / (BigInt(scoredGroups.length) * BigInt(auditedTokens))
}

/** Of the audited tokens, those that count: all of them, less `rejectionCost` for each one rejected. */
export function countedTokens({
  auditedTokens,
  acceptedTokens,
}: Pick<MinerWindow, 'auditedTokens' | 'acceptedTokens'>): number {
  return Math.max(0, auditedTokens - rejectionCost * (auditedTokens - acceptedTokens))
}

function groupWork(group: readonly JudgedRollout[], coefficients: ScoreCoefficients): bigint {
  const { base, correctness, reasoning, satisfaction, signal } = coefficients
  const differs = group.some(({ reward }) => reward !== group[0].reward)
  const shared = BigInt(PPM) * (BigInt(base) + (differs ? BigInt(signal) : 0n))
  return group.reduce((sum, rollout) => {
    const own =
      BigInt(correctness) * BigInt(rollout.correctness) +
      BigInt(reasoning) * BigInt(rollout.reasoning) +
      BigInt(satisfaction) * BigInt(rollout.satisfaction)
    return sum + BigInt(rollout.tokens) * (shared + own)
  }, 0n)
}

/** Scores by miner uid → the row a validator commits: floor of each share of 32,767; all zero without scores. */
export function weightRow(scores: readonly bigint[]): number[] {
  const total = scores.reduce((sum, score) => sum + score, 0n)
  if (total === 0n) return scores.map(() => 0)
  return scores.map((score) => Number((score * BigInt(rowTotal)) / total))
}
