import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { WeightTensors } from '../../../../model/architecture/inference-graphs.ts'
import { initialiseWeights } from '../../../../model/architecture/initialise.ts'
import type { NumericsProfile } from '../../../../model/engine/engine.ts'
import { ADAMW_DEFAULTS, createAdamWState } from '../../../../model/optimizer/adamw.ts'
import type { TrainingRow } from '../../../../model/training/micro-batch.ts'
import { openTrainer } from '../../../../model/training/trainer.ts'
import { createRandom, randomTokens, randomWeights, smallConfig } from '../small-policy.ts'

const config = smallConfig({ vocab_size: 24 })
const SURROGATE = { kind: 'clipped-surrogate', clipLow: 0.8, clipHigh: 1.28 } as const

function digest(tensors: WeightTensors): string {
  const hash = createHash('sha256')
  for (const { data } of tensors.values()) hash.update(new Uint8Array(data.buffer))
  return hash.digest('hex')
}

/** Ragged rows, more than one micro-batch of them. */
function someRows(count = 21): TrainingRow[] {
  const random = createRandom(4)
  return Array.from({ length: count }, (_, row) => {
    const completion = randomTokens(random, 1 + (row % 7), config.vocabulary)
    return {
      prompt: randomTokens(random, 1 + (row % 5), config.vocabulary),
      completion,
      advantage: random() - 0.5,
      oldLogProbabilities: completion.map(() => -3 + random()),
    }
  })
}

/** Answers a token with seven times that token: learnable within a few dozen steps. */
function multiplicationRows(step: number): TrainingRow[] {
  const random = createRandom(100 + step)
  return Array.from({ length: 32 }, () => {
    const [token] = randomTokens(random, 1, 23)
    return { prompt: [23, token], completion: [(7 * token) % 23, 0] }
  })
}

async function run(profile: NumericsProfile, steps: number): Promise<string> {
  const trainer = await openTrainer(config, randomWeights(config), { profile, temperature: 1 })
  for (let step = 0; step < steps; step++) await trainer.step(someRows(), SURROGATE, ADAMW_DEFAULTS)
  await trainer.close()
  return digest(trainer.weights)
}

describe('a trainer', () => {
  it('lowers the loss on a task that can be learnt', async () => {
    const trainer = await openTrainer(config, initialiseWeights(config, new Uint8Array(32)), {
      profile: 'fast',
      temperature: 1,
    })
    const losses: number[] = []
    for (let step = 0; step < 60; step++) {
      const settings = { ...ADAMW_DEFAULTS, learningRate: 5e-3 }
      losses.push((await trainer.step(multiplicationRows(step), { kind: 'cross-entropy' }, settings)).loss)
    }
    await trainer.close()
    expect(losses[0]).toBeGreaterThan(0.9 * Math.log(24))
    expect(losses.at(-1)).toBeLessThan(0.1 * losses[0])
  })

  it.each(['fast', 'exact'] as const)('replays a %s run to the byte', async (profile) => {
    expect(await run(profile, 3)).toBe(await run(profile, 3))
  })

  it('continues a run from its weights and optimiser state to the same bytes', async () => {
    const options = { profile: 'fast', temperature: 1 } as const
    const first = await openTrainer(config, randomWeights(config), options)
    await first.step(someRows(), SURROGATE, ADAMW_DEFAULTS)
    const second = await openTrainer(config, first.weights, {
      ...options,
      optimizer: structuredClone(first.optimizer),
    })
    for (const trainer of [first, second]) {
      await trainer.step(someRows(9), { kind: 'cross-entropy' }, ADAMW_DEFAULTS)
      await trainer.close()
    }
    expect(digest(second.weights)).toBe(digest(first.weights))
  })

  it('gives a token the same weight whatever micro-batch its row falls into', async () => {
    const trainer = await openTrainer(config, randomWeights(config), { profile: 'fast', temperature: 1 })
    const rows = someRows()
    const there = structuredClone(await trainer.gradients(rows, SURROGATE))
    const back = await trainer.gradients(rows.toReversed(), SURROGATE)
    await trainer.close()
    expect(back.loss).toBeCloseTo(there.loss, 5)
    there.tensors.forEach((gradient, k) => {
      gradient.forEach((value, i) => {
        expect(Math.abs(value - back.tensors[k][i])).toBeLessThan(1e-5)
      })
    })
  })

  it('gives no gradient where every advantage is zero', async () => {
    const trainer = await openTrainer(config, randomWeights(config), { profile: 'fast', temperature: 1 })
    const { tensors } = await trainer.gradients(
      someRows().map((row) => ({ ...row, advantage: 0 })),
      SURROGATE,
    )
    await trainer.close()
    for (const gradient of tensors) expect(gradient.every((value) => value === 0)).toBe(true)
  })

  it('leaves weights and state alone when a step diverges', async () => {
    const trainer = await openTrainer(config, randomWeights(config), { profile: 'fast', temperature: 1 })
    const before = digest(trainer.weights)
    const rows = someRows().map((row) => ({ ...row, advantage: NaN }))
    await expect(trainer.step(rows, SURROGATE, ADAMW_DEFAULTS)).rejects.toMatchObject({
      code: 'TRAINING_DIVERGED',
    })
    await trainer.close()
    expect(digest(trainer.weights)).toBe(before)
    expect(trainer.optimizer.step).toBe(createAdamWState([]).step)
  })

  it('refuses a row longer than the context', async () => {
    const trainer = await openTrainer(config, randomWeights(config), { profile: 'fast', temperature: 1 })
    const rows = [{ prompt: [1], completion: Array<number>(config.context).fill(1) }]
    await expect(trainer.step(rows, { kind: 'cross-entropy' }, ADAMW_DEFAULTS)).rejects.toMatchObject({
      code: 'POLICY_SEQUENCE_TOO_LONG',
    })
    await trainer.close()
  })
})
