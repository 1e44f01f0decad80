import { createHash } from 'node:crypto'
import { buildDecodeGraph, buildScoreGraph } from '../../../../model/architecture/inference-graphs.ts'
import { listParameters } from '../../../../model/architecture/parameters.ts'
import { buildTrainGraph } from '../../../../model/architecture/train-graph.ts'
import type { Engine, EngineTensor, NumericsProfile } from '../../../../model/engine/engine.ts'
import { openEngine } from '../../../../model/engine/open-engine.ts'
import type { Graph } from '../../../../model/graph/graph.ts'
import { createRandom, randomTokens, randomWeights, smallConfig } from '../small-policy.ts'

const config = smallConfig({ max_position_embeddings: 64 })
const BATCH = 24
const LENGTH = 48

export interface EngineDigests {
  readonly score: string
  readonly decode: string
  readonly gradients: string
}

/** Digests of what each graph gives for fixed weights and inputs, large enough that threads share the work. */
export async function digestEngine(profile: NumericsProfile, threads: number): Promise<EngineDigests> {
  const weights = randomWeights(config)
  const random = createRandom(3)
  const tokens = { data: Int32Array.from(randomTokens(random, BATCH * LENGTH, 53)), shape: [BATCH, LENGTH] }
  const rows = { data: Int32Array.from({ length: 600 }, (_, i) => i), shape: [600] }
  const caches: Record<string, EngineTensor> = {}
  for (let layer = 0; layer < config.layers; layer++) {
    const shape = [BATCH, config.keyValueHeads, 64, config.headWidth]
    const size = shape.reduce((product, length) => product * length, 1)
    for (const name of [`keys.${layer}`, `values.${layer}`]) {
      caches[name] = { data: Float32Array.from({ length: size }, () => random() - 0.5), shape }
    }
  }
  const next = { data: Int32Array.from(randomTokens(random, BATCH, 53)), shape: [BATCH, 1] }
  const start = { data: BigInt64Array.from({ length: BATCH }, (_, row) => BigInt(row * 2)), shape: [BATCH] }
  const last = { data: Int32Array.from({ length: BATCH }, (_, row) => row), shape: [BATCH] }
  const training = {
    tokens,
    rows,
    targets: { data: Int32Array.from(randomTokens(random, 600, 53)), shape: [600] },
    weights: { data: new Float32Array(600).fill(1 / 600), shape: [600] },
  }
  const outputs = ['logits', 'probabilities', 'log_probabilities']
  const gradients = listParameters(config).map(({ name }) => `gradient.${name}`)
  return {
    score: await digest(profile, threads, buildScoreGraph(config, weights, 0.8), { tokens, rows }, outputs),
    decode: await digest(
      profile,
      threads,
      buildDecodeGraph(config, weights, 0.8),
      { tokens: next, start, rows: last, ...caches },
      [...outputs, 'grown_keys.1', 'grown_values.0'],
    ),
    gradients: await digest(
      profile,
      threads,
      buildTrainGraph(config, 0.8, { kind: 'cross-entropy' }),
      { ...Object.fromEntries(weights), ...training },
      ['loss', ...gradients],
    ),
  }
}

async function digest(
  profile: NumericsProfile,
  threads: number,
  graph: Graph,
  inputs: Record<string, EngineTensor>,
  outputs: string[],
): Promise<string> {
  const engine: Engine = await openEngine(profile, graph, { threads })
  const results = await engine.run(inputs, outputs)
  await engine.close()
  const hash = createHash('sha256')
  for (const name of outputs) {
    const data = results[name].data as Float32Array
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  return hash.digest('hex').slice(0, 16)
}

/** Recorded on x86-64; WebAssembly arithmetic is defined to the bit, so every machine must reproduce them. */
export const EXACT_DIGESTS: EngineDigests = {
  score: 'c4ced36ae40b188d',
  decode: 'de6c33bd5a975d96',
  gradients: 'be014e0ea30372e2',
}
