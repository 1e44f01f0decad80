import { type Judgement, PPM } from '../environments/environment.ts'
import type { ScoreCoefficients } from './rules.ts'

/** Weights of a row sum to at most this: 15 bits, so that sixteen lanes fit one EVM word in settlement. */
export const rowTotal = 32_767

/** A miner's window as one validator recomputed it. Sums are over all rollouts of the bundle. */
export interface MinerWindow {
  readonly tokens: number
  readonly judgements: readonly (readonly Judgement[])[]
  /** Tokens of the audited rollouts, and of those among them that every check accepted. */
  readonly auditedTokens: number
  readonly acceptedTokens: number
  readonly excluded: boolean
}

/**
 * score = verifiedTokens · (base + correctness + reasoning + satisfaction + signal), each times its coefficient.
 * Linear in verified work: splitting one miner into many identities gains nothing. Unaudited tokens count at the
 * audited share of acceptance. Integer arithmetic in ppm², floor, so that validators agree to the last digit.
 */
export function minerScore(window: MinerWindow, coefficients: ScoreCoefficients): bigint {
  if (window.excluded || window.auditedTokens === 0) return 0n
  const verified =
    (BigInt(window.tokens) * BigInt(window.acceptedTokens) * BigInt(PPM)) / BigInt(window.auditedTokens)
  const rollouts = window.judgements.flat()
  const quality =
    BigInt(coefficients.base) * BigInt(PPM) +
    BigInt(coefficients.correctness) * mean(rollouts.map((judgement) => judgement.correctness)) +
    BigInt(coefficients.reasoning) * mean(rollouts.map((judgement) => judgement.reasoning)) +
    BigInt(coefficients.satisfaction) * mean(rollouts.map((judgement) => judgement.satisfaction)) +
    BigInt(coefficients.signal) * signalOf(window.judgements)
  return (verified * quality) / BigInt(PPM)
}

/** Share of groups whose rewards differ, in ppm: the groups that a learner can learn from. */
function signalOf(groups: MinerWindow['judgements']): bigint {
  const differing = groups.filter((group) => group.some(({ reward }) => reward !== group[0].reward))
  return (BigInt(differing.length) * BigInt(PPM)) / BigInt(groups.length)
}

function mean(values: readonly number[]): bigint {
  return values.reduce((sum, value) => sum + BigInt(value), 0n) / BigInt(values.length)
}

/** Scores by miner uid → the row a validator commits: floor of each share of 32,767; all zero without scores. */
export function weightRow(scores: readonly bigint[]): number[] {
  const total = scores.reduce((sum, score) => sum + score, 0n)
  if (total === 0n) return scores.map(() => 0)
  return scores.map((score) => Number((score * BigInt(rowTotal)) / total))
}
