import { linear } from '../autodiff/primitives.ts'
import type { Scope } from '../autodiff/tape.ts'
import {
  addInitializer,
  addInput,
  addLaterInitializer,
  addOutput,
  createGraph,
  type Graph,
  type Value,
} from '../graph/graph.ts'
import * as raw from '../graph/operations.ts'
import type { ArchitectureConfig } from './config.ts'
import { decoder, decoderBody, decoderHead, type Pass, type Weights } from './decoder.ts'
import { listParameters } from './parameters.ts'
import { continuingPass, teacherForcedPass } from './pass.ts'

/** Tensors by Hugging Face name, row-major. */
export type WeightTensors = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly data: Float32Array }
>

/**
 * The graph that decodes: tokens int32 [b, s], start int64 [b], rows int32 [n] (positions of interest in the
 * flattened tokens) and per layer `keys.i`, `values.i` [b, h, c, d] in; `logits`, `probabilities`,
 * `log_probabilities` [n, V] and the grown caches `grown_keys.i`, `grown_values.i` out.
 */
export function buildDecodeGraph(
  config: ArchitectureConfig,
  tensors: WeightTensors,
  temperature: number,
): Graph {
  const graph = createGraph('decode')
  const tokens = addInput(graph, 'tokens', 'int32', ['b', 's'])
  const start = addInput(graph, 'start', 'int64', ['b'])
  const rows = addInput(graph, 'rows', 'int32', ['n'])
  const shape = ['b', config.keyValueHeads, 'c', config.headWidth]
  const caches = Array.from({ length: config.layers }, (_, layer) => ({
    keys: addInput(graph, `keys.${layer}`, 'float32', shape),
    values: addInput(graph, `values.${layer}`, 'float32', shape),
  }))
  const pass = continuingPass(graph, config, tokens, start, caches, (layer, cache) => {
    addOutput(graph, `grown_keys.${layer}`, cache.keys)
    addOutput(graph, `grown_values.${layer}`, cache.values)
  })
  finish(graph, config, tensors, temperature, pass, rows)
  return graph
}

/** As the decode graph without caches: tokens int32 [b, s] from position 0, right padded, and rows int32 [n]. */
export function buildScoreGraph(
  config: ArchitectureConfig,
  tensors: WeightTensors,
  temperature: number,
): Graph {
  const graph = createGraph('score')
  const tokens = addInput(graph, 'tokens', 'int32', ['b', 's'])
  const rows = addInput(graph, 'rows', 'int32', ['n'])
  finish(graph, config, tensors, temperature, teacherForcedPass(graph, config, tokens), rows)
  return graph
}

/**
 * As the score graph, with one more output: `hidden` [n, width], the final hidden states that the head reads. No
 * manifest names this graph, and no verdict depends on it: it serves comparisons with schemes that look inside.
 */
export function buildHiddenStateGraph(
  config: ArchitectureConfig,
  tensors: WeightTensors,
  temperature: number,
): Graph {
  const graph = createGraph('hidden-states')
  const tokens = addInput(graph, 'tokens', 'int32', ['b', 's'])
  const rows = addInput(graph, 'rows', 'int32', ['n'])
  const scope: Scope = { graph, tape: null }
  const weights = initializerWeights(graph, config, tensors)
  const hidden = decoderBody(scope, config, weights, teacherForcedPass(graph, config, tokens), rows)
  addOutput(graph, 'hidden', hidden)
  addDistributions(graph, decoderHead(config, weights, hidden), temperature)
  return graph
}

function finish(
  graph: Graph,
  config: ArchitectureConfig,
  tensors: WeightTensors,
  temperature: number,
  pass: Pass,
  rows: Value,
): void {
  const scope: Scope = { graph, tape: null }
  const logits = decoder(scope, config, initializerWeights(graph, config, tensors), pass, rows)
  addDistributions(graph, logits, temperature)
}

function addDistributions(graph: Graph, logits: Value, temperature: number): void {
  const cooled = raw.divide(graph, logits, raw.scalar(graph, temperature))
  addOutput(graph, 'logits', logits)
  addOutput(graph, 'probabilities', raw.softmax(graph, cooled))
  addOutput(graph, 'log_probabilities', raw.logSoftmax(graph, cooled))
}

/**
 * Weights as constants of the graph. As inputs they would give other bits for a single row and with another
 * thread count, because the engine packs only constants ahead of time.
 */
function initializerWeights(graph: Graph, config: ArchitectureConfig, tensors: WeightTensors): Weights {
  const shapes = new Map(listParameters(config).map(({ name, shape }) => [name, shape]))
  const added = new Map<string, Value>()
  const once = (key: string, create: () => Value): Value => {
    const value = added.get(key) ?? create()
    added.set(key, value)
    return value
  }
  const read = (name: string): { shape: readonly number[]; data: Float32Array } => {
    const shape = shapes.get(name)
    const tensor = tensors.get(name)
    if (shape === undefined || tensor === undefined) throw new TypeError(`no tensor ${name}`)
    return { shape, data: tensor.data }
  }
  const matrix = (name: string): Value =>
    once(`${name}.transposed`, () => {
      const { shape, data } = read(name)
      const [output, input] = shape as [number, number]
      return addLaterInitializer(graph, `${name}.transposed`, [input, output], {
        length: data.byteLength,
        pieces: () => transposeInPieces(data, output, input),
      })
    })
  return {
    tensor: (name) =>
      once(name, () => {
        const { shape, data } = read(name)
        return addInitializer(graph, name, 'float32', shape, data)
      }),
    project: (x, name) => linear({ graph, tape: null }, x, matrix(name)),
  }
}

/** Columns that are read together, so that every line of memory is read once. */
const STRIPE = 32

/** The columns of a matrix as rows, `STRIPE` of them at a time. */
function* transposeInPieces(data: Float32Array, rows: number, columns: number): Generator<Uint8Array> {
  for (let from = 0; from < columns; from += STRIPE) {
    const width = Math.min(STRIPE, columns - from)
    const piece = new Float32Array(width * rows)
    for (let row = 0; row < rows; row++) {
      const start = row * columns + from
      for (let column = 0; column < width; column++) piece[column * rows + row] = data[start + column]
    }
    yield new Uint8Array(piece.buffer)
  }
}
