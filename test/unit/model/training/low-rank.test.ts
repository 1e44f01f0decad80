import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { initialiseWeights } from '../../../../model/architecture/initialise.ts'
import {
  adapterOf,
  listTrained,
  mergeAdapters,
  projectionOf,
} from '../../../../model/architecture/low-rank.ts'
import { ADAMW_DEFAULTS } from '../../../../model/optimizer/adamw.ts'
import type { TrainingRow } from '../../../../model/training/micro-batch.ts'
import { openTrainer, type Trainer } from '../../../../model/training/trainer.ts'
import { createRandom, randomTokens, smallConfig } from '../small-policy.ts'

const config = smallConfig({ vocab_size: 24 })
const base = initialiseWeights(config, new Uint8Array(32))
const options = { profile: 'fast', temperature: 1 } as const
const crossEntropy = { kind: 'cross-entropy' } as const
const settings = { ...ADAMW_DEFAULTS, learningRate: 0.05 }

/** Answers a token with seven times that token. */
function multiplicationRows(step: number): TrainingRow[] {
  const random = createRandom(100 + step)
  return Array.from({ length: 32 }, () => {
    const [token] = randomTokens(random, 1, 23)
    return { prompt: [23, token], completion: [(7 * token) % 23, 0] }
  })
}

describe('training of adapters', () => {
  let trainer: Trainer
  const losses: number[] = []
  beforeAll(async () => {
    trainer = await openTrainer(config, base, { ...options, rank: 4 })
    for (let step = 0; step < 60; step++) {
      losses.push((await trainer.step(multiplicationRows(step), crossEntropy, settings)).loss)
    }
  })
  afterAll(() => trainer.close())

  it('begins as the policy that it was given and lowers the loss', async () => {
    const whole = await openTrainer(config, base, options)
    const { loss } = await whole.gradients(multiplicationRows(0), crossEntropy)
    await whole.close()
    expect(losses[0]).toBeCloseTo(loss, 6)
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0])
  })

  it('gives weights that the policy alone computes the same loss with', async () => {
    const rows = multiplicationRows(99)
    const merged = await openTrainer(config, trainer.weights, options)
    const { loss } = await merged.gradients(rows, crossEntropy)
    await merged.close()
    expect(loss).toBeCloseTo((await trainer.gradients(rows, crossEntropy)).loss, 4)
  })

  it('moves the matrices of the layers, each weight by the mean of as many numbers as the rank, and nothing else', () => {
    const names = new Set(listTrained(config, 4).map(({ name }) => name))
    for (const [name, { shape, data }] of trainer.weights) {
      const before = base.get(name)?.data as Float32Array
      if (!names.has(adapterOf(name))) {
        expect(data).toEqual(before)
        continue
      }
      const adapter = trainer.adapters?.get(adapterOf(name))?.data as Float32Array
      const [row, column] = [shape[0] - 1, 5]
      const projection = projectionOf(name, 4, shape[1])
      const sum = [0, 1, 2, 3].reduce(
        (s, k) => s + adapter[4 * row + k] * projection[k * shape[1] + column],
        0,
      )
      const at = row * shape[1] + column
      expect(data[at]).toBe(Math.fround(before[at] + sum))
      expect(Math.abs(projection[7])).toBe(0.25)
    }
    expect(names.size).toBe(7 * config.layers)
  })

  it.each(['fast', 'exact'] as const)(
    'keeps moments of the adapters alone, and goes on from them to the same bits (%s)',
    async (profile) => {
      const size = (of: readonly Float32Array[]) => of.reduce((sum, { length }) => sum + length, 0)
      expect(size(trainer.optimizer.first)).toBeLessThan(
        0.2 * size([...base.values()].map(({ data }) => data)),
      )
      const weights = trainer.weights
      const steps = async (): Promise<readonly Float32Array[]> => {
        const optimizer = structuredClone(trainer.optimizer)
        const next = await openTrainer(config, weights, { profile, temperature: 1, rank: 4, optimizer })
        await next.step(multiplicationRows(60), crossEntropy, settings)
        await next.close()
        return [...next.weights.values()].map(({ data }) => data)
      }
      expect(await steps()).toEqual(await steps())
    },
  )
})

/** sha256 of "low-rank projection/a/2/0" begins with this byte, bit by bit. */
const SIGNS = [-1, -1, -1, 1, 1, -1, -1, -1]

it('a projection follows from the name and the rank alone', () => {
  const [one, other] = ['a', 'b'].map((name) => projectionOf(name, 2, 300))
  expect(one).toEqual(projectionOf('a', 2, 300))
  expect(one).not.toEqual(other)
  expect([...one.subarray(0, 8)].map(Math.sign)).toEqual(SIGNS)
  const share = one.filter((value) => value > 0).length / one.length
  expect(share).toBeGreaterThan(0.4)
  expect(share).toBeLessThan(0.6)
})

it('adapters of other matrices change nothing', () => {
  expect(mergeAdapters(base, new Map())).toEqual(base)
})
