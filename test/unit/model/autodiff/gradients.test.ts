import { describe, expect, it } from 'vitest'
import type { ArchitectureConfig } from '../../../../model/architecture/config.ts'
import { listTrained } from '../../../../model/architecture/low-rank.ts'
import { sizeOf } from '../../../../model/architecture/parameters.ts'
import { buildTrainGraph, type Loss } from '../../../../model/architecture/train-graph.ts'
import type { Engine, EngineTensor } from '../../../../model/engine/engine.ts'
import { openEngine } from '../../../../model/engine/open-engine.ts'
import { createRandom, randomTokens, randomWeights, smallConfig } from '../small-policy.ts'

const CONFIGS: [string, ArchitectureConfig][] = [
  [
    'Llama, grouped-query, tied',
    smallConfig({ hidden_size: 12, head_dim: 4, intermediate_size: 10, vocab_size: 11 }),
  ],
  [
    'Qwen2, multi-head, untied',
    smallConfig({
      model_type: 'qwen2',
      hidden_size: 12,
      head_dim: 4,
      intermediate_size: 10,
      vocab_size: 11,
      num_key_value_heads: 4,
      tie_word_embeddings: false,
    }),
  ],
  [
    'Qwen3, multi-query',
    smallConfig({
      model_type: 'qwen3',
      hidden_size: 12,
      head_dim: 4,
      intermediate_size: 10,
      vocab_size: 11,
      num_key_value_heads: 1,
    }),
  ],
]
const LOSSES: Loss[] = [
  { kind: 'cross-entropy' },
  { kind: 'clipped-surrogate', clipLow: 0.8, clipHigh: 1.28 },
  { kind: 'clipped-surrogate', clipLow: 0.8, clipHigh: 1.28, klWeight: 0.3 },
]
/** Elements compared per tensor. */
const SAMPLES = 6
const STEP = 1e-5

/** Two rows of 7 and 9 tokens, right padded; advantages of both signs, ratios on both sides of both bounds. */
function inputsFor(config: ArchitectureConfig, loss: Loss): Record<string, EngineTensor> {
  const random = createRandom(5)
  const rows = [2, 3, 4, 5, 11, 12, 13, 14, 15, 16, 17, 18]
  const n = rows.length
  const shape = [n]
  const reals = (pick: (i: number) => number): EngineTensor => ({
    data: Float64Array.from({ length: n }, (_, i) => pick(i)),
    shape,
  })
  const inputs: Record<string, EngineTensor> = {
    tokens: { data: Int32Array.from(randomTokens(random, 20, config.vocabulary)), shape: [2, 10] },
    rows: { data: Int32Array.from(rows), shape },
    targets: { data: Int32Array.from(randomTokens(random, n, config.vocabulary)), shape },
    weights: reals(() => random() / n),
  }
  if (loss.kind === 'cross-entropy') return inputs
  return {
    ...inputs,
    advantages: reals((i) => (i % 2 === 0 ? 1 : -0.7)),
    old_log_probabilities: reals(() => -2.5 + random()),
  }
}

describe.each(CONFIGS)('%s', (_, config) => {
  it.each(LOSSES)(
    'gradients of $kind (KL weight $klWeight) agree with finite differences in float64',
    (loss) => compareWithDifferences(config, loss, null),
  )

  it('gradients of adapters agree with finite differences in float64', async () => {
    await compareWithDifferences(config, LOSSES[1], 3)
  })
})

async function compareWithDifferences(
  config: ArchitectureConfig,
  loss: Loss,
  rank: number | null,
): Promise<void> {
  const engine: Engine = await openEngine('fast', buildTrainGraph(config, 0.9, loss, 'float64', rank))
  const specs = listTrained(config, rank)
  const inputs = inputsFor(config, loss)
  const random = createRandom(6)
  const parameters = new Map<string, EngineTensor>(
    [...randomWeights(config)].map(([name, { shape, data }]) => [
      name,
      { shape, data: Float64Array.from(data) },
    ]),
  )
  for (const { name, shape } of rank === null ? [] : specs) {
    const data = Float64Array.from({ length: sizeOf(shape) }, () => random() - 0.5)
    parameters.set(name, { shape, data })
  }
  const lossNow = async (): Promise<number> => {
    const { loss: value } = await engine.run({ ...inputs, ...Object.fromEntries(parameters) }, ['loss'])
    return Number(value.data[0])
  }
  const gradients = await engine.run(
    { ...inputs, ...Object.fromEntries(parameters) },
    specs.map(({ name }) => `gradient.${name}`),
  )
  for (const { name } of specs) {
    const data = parameters.get(name)?.data as Float64Array
    const gradient = gradients[`gradient.${name}`]
    expect(gradient.shape).toEqual(parameters.get(name)?.shape)
    for (let sample = 0; sample < SAMPLES; sample++) {
      const i = Math.floor(random() * data.length)
      const original = data[i]
      data[i] = original + STEP
      const above = await lossNow()
      data[i] = original - STEP
      const below = await lossNow()
      data[i] = original
      const expected = (above - below) / (2 * STEP)
      expect(Math.abs(Number(gradient.data[i]) - expected), `${name}[${i}]`).toBeLessThan(
        1e-8 + 1e-5 * Math.abs(expected),
      )
    }
  }
  await engine.close()
}
