import type { ArchitectureConfig } from '../architecture/config.ts'
import { decoder, type Pass } from '../architecture/decoder.ts'
import type { WeightTensors } from '../architecture/inference-graphs.ts'
import { listParameters } from '../architecture/parameters.ts'
import { causalMask, rotaryAt } from '../architecture/pass.ts'
import { inputWeights } from '../architecture/train-graph.ts'
import type { Scope } from '../autodiff/tape.ts'
import type { EngineTensor, NumericsProfile } from '../engine/engine.ts'
import { openEngine } from '../engine/open-engine.ts'
import { addInput, addOutput, createGraph, type Graph } from '../graph/graph.ts'
import * as raw from '../graph/operations.ts'
import { DISTRIBUTION_OUTPUTS, distributionAt } from '../runtime/distributions.ts'
import type { PolicySession } from '../session.ts'
import { repeatKeyValueHeads } from './changed-weights.ts'

/**
 * Decoding as any engine does it that never heard of the exactness rules: one row at a time, one query row to a
 * product, weights as inputs instead of constants, a cache that is concatenated and as long as the text so far,
 * unpadded. The same function of the same weights; what differs is the order in which numbers are added.
 */
export async function openOrdinaryDecoder(
  grouped: ArchitectureConfig,
  groupedWeights: WeightTensors,
  temperature: number,
  profile: NumericsProfile,
): Promise<Pick<PolicySession, 'score' | 'close'>> {
  const config = { ...grouped, keyValueHeads: grouped.heads }
  const group = grouped.heads / grouped.keyValueHeads
  const weights = repeatKeyValueHeads(groupedWeights, group, config.headWidth)
  const engine = await openEngine(profile, buildGraph(config, temperature))
  const caches = Array.from({ length: config.layers }, (_, layer) => [
    `keys.${layer}`,
    `values.${layer}`,
  ]).flat()
  const outputs = [...DISTRIBUTION_OUTPUTS, ...caches.map((name) => `grown_${name}`)]
  const empty = { data: new Float32Array(0), shape: [1, config.heads, 0, config.headWidth] }
  const constant = Object.fromEntries(
    listParameters(config).map(({ name }) => [name, weights.get(name) as EngineTensor]),
  )

  return {
    async score(rows, visit) {
      for (const [index, { prompt, completion }] of rows.entries()) {
        let memory = Object.fromEntries(caches.map((name) => [name, empty as EngineTensor]))
        let tokens = prompt
        for (const [step, token] of completion.entries()) {
          const start = step === 0 ? 0 : prompt.length + step - 1
          const results = await engine.run(
            {
              ...constant,
              ...memory,
              tokens: { data: Int32Array.from(tokens), shape: [1, tokens.length] },
              start: { data: BigInt64Array.of(BigInt(start)), shape: [1] },
              rows: { data: Int32Array.of(tokens.length - 1), shape: [1] },
            },
            outputs,
          )
          visit(index, step, distributionAt(results, 0, config.vocabulary))
          memory = Object.fromEntries(caches.map((name) => [name, results[`grown_${name}`]]))
          tokens = [token]
        }
      }
    },
    close: () => engine.close(),
  }
}

function buildGraph(config: ArchitectureConfig, temperature: number): Graph {
  const graph = createGraph('ordinary')
  const scope: Scope = { graph, tape: null }
  const parameters = listParameters(config).map(({ name, shape }) => addInput(graph, name, 'float32', shape))
  const tokens = addInput(graph, 'tokens', 'int32', ['b', 's'])
  const start = addInput(graph, 'start', 'int64', ['b'])
  const rows = addInput(graph, 'rows', 'int32', ['n'])
  const past = ['b', config.heads, 'c', config.headWidth]
  const caches = Array.from({ length: config.layers }, (_, layer) => ({
    keys: addInput(graph, `keys.${layer}`, 'float32', past),
    values: addInput(graph, `values.${layer}`, 'float32', past),
  }))
  const offsets = raw.range(graph, raw.lengthOf(graph, tokens, 1), 's')
  const positions = raw.add(graph, raw.unsqueeze(graph, start, 1), offsets)
  const seen = raw.add(graph, raw.lengthOf(graph, tokens, 1), raw.lengthOf(graph, caches[0].keys, 2))
  const pass: Pass = {
    tokens,
    ...rotaryAt(graph, config, positions),
    mask: causalMask(graph, positions, raw.range(graph, seen, 'c+s'), 1),
    queryCopies: 1,
    remember: (layer, keys, values) => {
      const grown = {
        keys: raw.concatenate(graph, [caches[layer].keys, keys], 2, 'c+s'),
        values: raw.concatenate(graph, [caches[layer].values, values], 2, 'c+s'),
      }
      addOutput(graph, `grown_keys.${layer}`, grown.keys)
      addOutput(graph, `grown_values.${layer}`, grown.values)
      return grown
    },
  }
  const logits = decoder(scope, config, inputWeights(scope, parameters), pass, rows)
  const cooled = raw.divide(graph, logits, raw.scalar(graph, temperature))
  addOutput(graph, 'logits', logits)
  addOutput(graph, 'probabilities', raw.softmax(graph, cooled))
  addOutput(graph, 'log_probabilities', raw.logSoftmax(graph, cooled))
  return graph
}
