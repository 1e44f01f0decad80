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
  const work = weigh(workOf(scoredGroups), coefficients)
  const counted = work * BigInt(committedGroups) * BigInt(countedTokens(window))
  return counted / (BigInt(scoredGroups.length) * BigInt(auditedTokens))
}

/** Tokens, each times what it was worth in one respect in ppm: what coefficients are applied to. */
export type Work = { readonly [Respect in keyof ScoreCoefficients]: number }

/** @returns tokens in ppm² */
export function weigh(work: Work, coefficients: ScoreCoefficients): bigint {
  const respects = Object.keys(coefficients) as (keyof ScoreCoefficients)[]
  return respects.reduce((sum, name) => sum + BigInt(coefficients[name]) * BigInt(work[name]), 0n)
}

/** Exact below 2^53, which is nine billion tokens. */
export function workOf(groups: MinerWindow['scoredGroups']): Work {
  const work = { base: 0, correctness: 0, reasoning: 0, satisfaction: 0, signal: 0 }
  for (const group of groups) {
    const differs = group.some(({ reward }) => reward !== group[0].reward)
    for (const { tokens, correctness, reasoning, satisfaction } of group) {
      work.base += tokens * PPM
      work.correctness += tokens * correctness
      work.reasoning += tokens * reasoning
      work.satisfaction += tokens * satisfaction
      if (differs) work.signal += tokens * PPM
    }
  }
  return work
}

/** Of the audited tokens, those that count: all of them, less `rejectionCost` for each one rejected. */
export function countedTokens({
  auditedTokens,
  acceptedTokens,
}: Pick<MinerWindow, 'auditedTokens' | 'acceptedTokens'>): number {
  return Math.max(0, auditedTokens - rejectionCost * (auditedTokens - acceptedTokens))
}

/** Scores by miner uid → the row a validator commits: floor of each share of 32,767; all zero without scores. */
export function weightRow(scores: readonly bigint[]): number[] {
  const total = scores.reduce((sum, score) => sum + score, 0n)
  if (total === 0n) return scores.map(() => 0)
  return scores.map((score) => Number((score * BigInt(rowTotal)) / total))
}
