import type { Value } from '../graph/graph.ts'
import * as raw from '../graph/operations.ts'
import { oneHot } from './one-hot.ts'
import { record, type Scope } from './tape.ts'

/** Log-probability of `targets` [n] under logits [n, V]: dlogits = g (onehot - softmax). */
export function tokenLogProbabilities(scope: Scope, logits: Value, targets: Value): Value {
  const { graph } = scope
  const all = raw.logSoftmax(graph, logits)
  const chosen = raw.gatherElements(graph, all, raw.unsqueeze(graph, targets, 1))
  const output = raw.reshape(graph, chosen, [-1], [logits.shape[0]])
  return record(scope, [logits], output, (gradient) => {
    const hot = oneHot(scope, targets, logits.shape[1] as number)
    const difference = raw.subtract(graph, hot, raw.exponential(graph, all))
    return [raw.multiply(graph, difference, raw.unsqueeze(graph, gradient, 1))]
  })
}

/** Cross-entropy: -sum(weight * logProbability), a scalar. */
export function negativeLogLikelihood(scope: Scope, logProbabilities: Value, weights: Value): Value {
  const { graph } = scope
  const total = raw.reduceSum(graph, raw.multiply(graph, logProbabilities, weights), [0], false)
  return record(scope, [logProbabilities], raw.negate(graph, total), (gradient) => [
    raw.negate(graph, raw.multiply(graph, weights, gradient)),
  ])
}

export interface SurrogateInputs {
  /** All [n]: log-probabilities under the policy that sampled, advantage and weight of each token. */
  readonly oldLogProbabilities: Value
  readonly advantages: Value
  readonly weights: Value
  readonly clipLow: number
  readonly clipHigh: number
}

/**
 * GRPO's clipped surrogate (Shao et al. 2024; unequal bounds as in DAPO, Yu et al. 2025):
 * -sum(weight * min(ratio A, clip(ratio, low, high) A)) with ratio = exp(new - old). The gradient flows where the
 * unclipped branch is the smaller or equal one.
 */
export function clippedSurrogate(scope: Scope, logProbabilities: Value, given: SurrogateInputs): Value {
  const { graph } = scope
  const ratio = raw.exponential(graph, raw.subtract(graph, logProbabilities, given.oldLogProbabilities))
  const low = raw.scalar(graph, given.clipLow)
  const high = raw.scalar(graph, given.clipHigh)
  const clipped = raw.minimum(graph, raw.maximum(graph, ratio, low), high)
  const free = raw.multiply(graph, ratio, given.advantages)
  const bounded = raw.multiply(graph, clipped, given.advantages)
  const objective = raw.multiply(graph, raw.minimum(graph, free, bounded), given.weights)
  const loss = raw.negate(graph, raw.reduceSum(graph, objective, [0], false))
  return record(scope, [logProbabilities], loss, (gradient) => {
    const flows = raw.cast(graph, raw.lessOrEqual(graph, free, bounded), graph.realType)
    const slope = raw.multiply(graph, raw.multiply(graph, free, flows), given.weights)
    return [raw.negate(graph, raw.multiply(graph, slope, gradient))]
  })
}

/**
 * How far the policy has moved from the one that sampled, as a penalty: sum(weight * (exp(d) - d - 1)) with
 * d = old - new, an estimate of KL(new || old) from the sampled tokens that is never negative (Schulman 2020).
 */
export function divergence(
  scope: Scope,
  logProbabilities: Value,
  { oldLogProbabilities, weights }: Pick<SurrogateInputs, 'oldLogProbabilities' | 'weights'>,
): Value {
  const { graph } = scope
  const difference = raw.subtract(graph, oldLogProbabilities, logProbabilities)
  const excess = raw.subtract(graph, raw.exponential(graph, difference), raw.scalar(graph, 1))
  const penalty = raw.multiply(graph, raw.subtract(graph, excess, difference), weights)
  const total = raw.reduceSum(graph, penalty, [0], false)
  return record(scope, [logProbabilities], total, (gradient) => [
    raw.negate(graph, raw.multiply(graph, raw.multiply(graph, excess, weights), gradient)),
  ])
}
