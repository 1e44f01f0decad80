import type { Distribution } from '../../shared/protocol/distribution.ts'
import { owedToken, samplingDeviation } from '../../shared/protocol/sampling.ts'
import { projectLogits, roundProjections, type Sketch, sketchDistance } from '../../shared/protocol/sketch.ts'

/** The quantities that tolerances are set from. */
export const DEVIATIONS = ['sampling', 'cumulative', 'sketch', 'projection', 'logProbability'] as const
export type DeviationName = (typeof DEVIATIONS)[number]

/** What is compared of a distribution at one position: V numbers, of three times as many. */
export interface Look {
  /** [V] */
  readonly probabilities: Float32Array
  /** Of the token that the reference owes here. */
  readonly logProbability: number
  /** As `projectLogits` gives them. */
  readonly projections: Sketch
}

/** The probabilities stay a view of the distribution's. */
export function lookAt(
  { logits, probabilities, logProbabilities }: Distribution,
  token: number,
  signs: Uint8Array,
): Look {
  return { probabilities, logProbability: logProbabilities[token], projections: projectLogits(logits, signs) }
}

/**
 * How far one position's distribution lies from the reference's, each number in its check's unit.
 *
 * `sampling` is what a validator's check would see, and so is `sketchDeviation`. Both are coarse: a token changes
 * only where u happens to lie at a boundary, and a sketch moves in steps. Honest drift is therefore read from what
 * lies behind them, which has no luck in it: `cumulative`, the largest distance between the two cumulative
 * distributions, bounds `sampling` for every u; `projection` is the sketch before it is rounded.
 */
export function compareLooks(
  reference: Look,
  other: Look,
  uniform: number,
): Readonly<Record<Exclude<DeviationName, 'sketch'>, number>> {
  const apart = reference.projections.map((value, j) => Math.abs(value - other.projections[j]))
  return {
    sampling: samplingDeviation(reference.probabilities, uniform, owedToken(other.probabilities, uniform)),
    cumulative: cumulativeDistance(reference.probabilities, other.probabilities),
    projection: Math.max(...apart) * (1 / Math.sqrt(reference.probabilities.length)),
    logProbability: Math.abs(reference.logProbability - other.logProbability),
  }
}

/** Between the sketches that two projections of V logits round to, in units of the projection. */
export function sketchDeviation(reference: Sketch, other: Sketch, vocabulary: number, step: number): number {
  const [a, b] = [reference, other].map((projections) => roundProjections(projections, vocabulary, step))
  return sketchDistance(a, b) * step
}

/** Kolmogorov's distance of two distributions over token ids, each as a share of its own total. */
function cumulativeDistance(a: Float32Array, b: Float32Array): number {
  let totalA = 0
  let totalB = 0
  for (let i = 0; i < a.length; i++) {
    totalA += a[i]
    totalB += b[i]
  }
  let sumA = 0
  let sumB = 0
  let largest = 0
  for (let i = 0; i < a.length; i++) {
    sumA += a[i]
    sumB += b[i]
    largest = Math.max(largest, Math.abs(sumA / totalA - sumB / totalB))
  }
  return largest
}
