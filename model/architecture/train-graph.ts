import {
  clippedSurrogate,
  divergence,
  negativeLogLikelihood,
  tokenLogProbabilities,
} from '../autodiff/losses.ts'
import { add, scale, transpose } from '../autodiff/primitives.ts'
import { backward, type Scope } from '../autodiff/tape.ts'
import { addInput, addOutput, createGraph, type Graph, type RealType, type Value } from '../graph/graph.ts'
import * as raw from '../graph/operations.ts'
import type { ArchitectureConfig } from './config.ts'
import { decoder, type Weights } from './decoder.ts'
import { listParameters } from './parameters.ts'
import { teacherForcedPass } from './pass.ts'

/**
 * `clipped-surrogate` is GRPO's loss; the bounds are those of the probability ratio. `klWeight`, where given, weighs
 * a penalty on moving away from the policy that sampled.
 */
export type Loss =
  | { readonly kind: 'cross-entropy' }
  | {
      readonly kind: 'clipped-surrogate'
      readonly clipLow: number
      readonly clipHigh: number
      readonly klWeight?: number
    }

/**
 * The graph of one forward and backward pass.
 *
 * In: every parameter by name; tokens int32 [b, s]; rows int32 [n], the distinct flattened positions whose next
 * token counts; targets int32 [n], those tokens; weights [n], each token's share of the loss; and for the clipped
 * surrogate advantages [n] and old_log_probabilities [n].
 * Out: `loss`, a scalar; `log_probabilities` [n] of the targets at the policy's temperature; `gradient.<name>`
 * per parameter.
 */
export function buildTrainGraph(
  config: ArchitectureConfig,
  temperature: number,
  loss: Loss,
  realType: RealType = 'float32',
): Graph {
  const graph = createGraph('train', realType)
  const scope: Scope = { graph, tape: { entries: [] } }
  const parameters = listParameters(config).map(({ name, shape }) => addInput(graph, name, realType, shape))
  const tokens = addInput(graph, 'tokens', 'int32', ['b', 's'])
  const rows = addInput(graph, 'rows', 'int32', ['n'])
  const targets = addInput(graph, 'targets', 'int32', ['n'])
  const weights = addInput(graph, 'weights', realType, ['n'])

  const pass = teacherForcedPass(graph, config, tokens)
  const logits = decoder(scope, config, inputWeights(scope, parameters), pass, rows)
  const cooled = scale(scope, logits, raw.scalar(graph, 1 / temperature))
  const logProbabilities = tokenLogProbabilities(scope, cooled, targets)
  const total =
    loss.kind === 'cross-entropy'
      ? negativeLogLikelihood(scope, logProbabilities, weights)
      : surrogate(scope, logProbabilities, weights, loss)

  addOutput(graph, 'loss', total)
  addOutput(graph, 'log_probabilities', logProbabilities)
  const gradients = backward(scope, total, raw.scalar(graph, 1), parameters)
  parameters.forEach((parameter, index) => {
    addOutput(graph, `gradient.${parameter.name}`, gradients[index])
  })
  return graph
}

function surrogate(
  scope: Scope,
  logProbabilities: Value,
  weights: Value,
  { clipLow, clipHigh, klWeight = 0 }: Extract<Loss, { kind: 'clipped-surrogate' }>,
): Value {
  const { graph } = scope
  const oldLogProbabilities = addInput(graph, 'old_log_probabilities', graph.realType, ['n'])
  const advantages = addInput(graph, 'advantages', graph.realType, ['n'])
  const given = { oldLogProbabilities, advantages, weights, clipLow, clipHigh }
  const objective = clippedSurrogate(scope, logProbabilities, given)
  if (klWeight === 0) return objective
  const penalty = divergence(scope, logProbabilities, given)
  return add(scope, objective, scale(scope, penalty, raw.scalar(graph, klWeight)))
}

export function inputWeights(scope: Scope, parameters: readonly Value[]): Weights {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]))
  const transposed = new Map<string, Value>()
  const tensor = (name: string): Value => {
    const value = byName.get(name)
    if (value === undefined) throw new TypeError(`no parameter ${name}`)
    return value
  }
  return {
    tensor,
    matrix: (name) => {
      const value = transposed.get(name) ?? transpose(scope, tensor(name), [1, 0])
      transposed.set(name, value)
      return value
    },
  }
}
