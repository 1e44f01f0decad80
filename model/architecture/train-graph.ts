import {
  clippedSurrogate,
  divergence,
  negativeLogLikelihood,
  tokenLogProbabilities,
} from '../autodiff/losses.ts'
import { add, linear, scale, transpose } from '../autodiff/primitives.ts'
import { backward, type Scope } from '../autodiff/tape.ts'
import { dropUnused } from '../graph/drop-unused.ts'
import {
  addInitializer,
  addInput,
  addOutput,
  createGraph,
  type Graph,
  type RealType,
  type Value,
} from '../graph/graph.ts'
import * as raw from '../graph/operations.ts'
import type { ArchitectureConfig } from './config.ts'
import { decoder, type Weights } from './decoder.ts'
import { adapterOf, listTrained, projectionOf } from './low-rank.ts'
import { listParameters, type ParameterSpec } from './parameters.ts'
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
 * In: every parameter by name, and every adapter where a rank is given; tokens int32 [b, s]; rows int32 [n], the distinct flattened positions whose next
 * token counts; targets int32 [n], those tokens; weights [n], each token's share of the loss; and for the clipped
 * surrogate advantages [n] and old_log_probabilities [n].
 * Out: `loss`, a scalar; `log_probabilities` [n] of the targets at the policy's temperature; `gradient.<name>`
 * per tensor that is trained: every parameter, or every adapter.
 */
export function buildTrainGraph(
  config: ArchitectureConfig,
  temperature: number,
  loss: Loss,
  realType: RealType = 'float32',
  rank: number | null = null,
): Graph {
  const graph = createGraph('train', realType)
  const scope: Scope = { graph, tape: { entries: [] } }
  const toInput = ({ name, shape }: ParameterSpec): Value => addInput(graph, name, realType, shape)
  const parameters = listParameters(config).map(toInput)
  const trained = rank === null ? parameters : listTrained(config, rank).map(toInput)
  const tokens = addInput(graph, 'tokens', 'int32', ['b', 's'])
  const rows = addInput(graph, 'rows', 'int32', ['n'])
  const targets = addInput(graph, 'targets', 'int32', ['n'])
  const weights = addInput(graph, 'weights', realType, ['n'])

  const pass = teacherForcedPass(graph, config, tokens)
  const fixed = inputWeights(scope, parameters)
  const given = rank === null ? fixed : adaptedWeights(scope, fixed, trained, rank)
  const logits = decoder(scope, config, given, pass, rows)
  const cooled = scale(scope, logits, raw.scalar(graph, 1 / temperature))
  const logProbabilities = tokenLogProbabilities(scope, cooled, targets)
  const total =
    loss.kind === 'cross-entropy'
      ? negativeLogLikelihood(scope, logProbabilities, weights)
      : surrogate(scope, logProbabilities, weights, loss)

  addOutput(graph, 'loss', total)
  addOutput(graph, 'log_probabilities', logProbabilities)
  const gradients = backward(scope, total, raw.scalar(graph, 1), trained)
  trained.forEach(({ name }, index) => {
    addOutput(graph, `gradient.${name}`, gradients[index])
  })
  if (rank !== null) dropUnused(graph)
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
    project: (x, name) => {
      const value = transposed.get(name) ?? transpose(scope, tensor(name), [1, 0])
      transposed.set(name, value)
      return linear(scope, x, value)
    },
  }
}

/** x W' + (x A') B' wherever W has an adapter. */
function adaptedWeights(scope: Scope, fixed: Weights, adapters: readonly Value[], rank: number): Weights {
  const { graph } = scope
  const byName = new Map(adapters.map((adapter) => [adapter.name, adapter]))
  return {
    tensor: fixed.tensor,
    project: (x, name) => {
      const adapter = byName.get(adapterOf(name))
      if (adapter === undefined) return fixed.project(x, name)
      const input = x.shape.at(-1) as number
      const projection = addInitializer(
        graph,
        `projection.${name}`,
        graph.realType,
        [rank, input],
        projectionOf(name, rank, input),
      )
      const narrow = linear(scope, x, raw.transpose(graph, projection, [1, 0]))
      return add(scope, fixed.project(x, name), linear(scope, narrow, transpose(scope, adapter, [1, 0])))
    },
  }
}
