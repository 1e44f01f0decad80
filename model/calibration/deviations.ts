import type { Distribution } from '../../shared/protocol/distribution.ts'
import { owedToken, samplingDeviation } from '../../shared/protocol/sampling.ts'
import { projectLogits, type Sketch, sketchDistance, sketchPosition } from '../../shared/protocol/sketch.ts'

/** The quantities that tolerances are set from. */
export const DEVIATIONS = ['sampling', 'cumulative', 'sketch', 'projection', 'logProbability'] as const

/**
 * How far one position's distribution lies from the reference's, each number in its check's unit.
 *
 * `sampling` and `sketch` are what a validator's checks would see. Both are coarse: a token changes only where u
 * happens to lie at a boundary, and a sketch moves in steps. Honest drift is therefore read from what lies behind
 * them, which has no luck in it: `cumulative`, the largest distance between the two cumulative distributions,
 * bounds `sampling` for every u; `projection` is the sketch before it is rounded.
 */
export type Deviations = Readonly<Record<(typeof DEVIATIONS)[number], number>>

export interface Position {
  readonly uniform: number
  /** The token that the reference owes here. */
  readonly token: number
  readonly signs: Uint8Array
  readonly sketchStep: number
}

export function compareDistributions(
  reference: Distribution,
  other: Distribution,
  { uniform, token, signs, sketchStep }: Position,
): Deviations {
  const scale = 1 / Math.sqrt(reference.logits.length)
  const distance = (a: Sketch, b: Sketch) => Math.max(...a.map((value, j) => Math.abs(value - b[j])))
  const sketchOf = ({ logits }: Distribution) => sketchPosition(logits, signs, sketchStep)
  const projected = ({ logits }: Distribution) => projectLogits(logits, signs)
  return {
    sampling: samplingDeviation(reference.probabilities, uniform, owedToken(other.probabilities, uniform)),
    cumulative: cumulativeDistance(reference.probabilities, other.probabilities),
    sketch: sketchDistance(sketchOf(reference), sketchOf(other)) * sketchStep,
    projection: distance(projected(reference), projected(other)) * scale,
    logProbability: Math.abs(reference.logProbabilities[token] - other.logProbabilities[token]),
  }
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
