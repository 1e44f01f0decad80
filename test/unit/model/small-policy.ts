import { type ArchitectureConfig, formatConfig, parseConfig } from '../../../model/architecture/config.ts'
import type { WeightTensors } from '../../../model/architecture/inference-graphs.ts'
import { listParameters, sizeOf } from '../../../model/architecture/parameters.ts'
import { type Checkpoint, createCheckpoint } from '../../../model/checkpoint/checkpoint.ts'
import { numericsOf } from '../../../model/checkpoint/numerics.ts'

/** A deterministic generator for test data (mulberry32): uniform in [0, 1). */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Awkward on purpose: no size is a multiple of a wide vector register. */
export function smallConfig(overrides: Record<string, unknown> = {}): ArchitectureConfig {
  return parseConfig({
    model_type: 'llama',
    vocab_size: 53,
    hidden_size: 36,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 12,
    intermediate_size: 44,
    max_position_embeddings: 192,
    tie_word_embeddings: true,
    ...overrides,
  })
}

/** Weights large enough that attention and logits are far from uniform. */
export function randomWeights(config: ArchitectureConfig, seed = 1): WeightTensors {
  const random = createRandom(seed)
  return new Map(
    listParameters(config).map(({ name, shape, kind }) => {
      const data = new Float32Array(sizeOf(shape))
      for (let i = 0; i < data.length; i++) data[i] = (kind === 'norm' ? 1 : 0) + (random() - 0.5) * 0.8
      return [name, { shape, data }]
    }),
  )
}

export function smallCheckpoint(
  config: ArchitectureConfig,
  options: { temperature?: number; seed?: number } = {},
): Checkpoint {
  return createCheckpoint({
    config,
    configJson: formatConfig(config),
    weights: randomWeights(config, options.seed),
    tokenizerJson: '{}',
    sampling: { temperature: options.temperature ?? 1, maxTokens: 40, endToken: 0 },
    environment: { id: 'word-problems', parametersHash: `0x${'11'.repeat(32)}` },
    numerics: numericsOf('fast').numerics,
    parent: null,
  })
}

export function randomTokens(random: () => number, length: number, vocabulary: number): number[] {
  return Array.from({ length }, () => Math.floor(random() * vocabulary))
}
