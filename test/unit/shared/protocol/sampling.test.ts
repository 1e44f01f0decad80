import fc from 'fast-check'
import type { Hex } from 'viem'
import { describe, expect, it } from 'vitest'
import { owedToken, samplingDeviation, samplingUniforms } from '../../../../shared/protocol/sampling.ts'
import { createSeededRandom } from '../../../helpers/seeded-random.ts'

const windowSeed: Hex = `0x${'5a'.repeat(32)}`
const largestUniform = 1 - 2 ** -53

/** float32 weights with zeros among them, and a sum that is not 1. */
const weights = fc
  .array(
    fc.oneof(
      fc.constant(0),
      fc.float({ min: Math.fround(1e-12), max: 1, noNaN: true }),
      fc.float({ min: Math.fround(2 ** -149), max: Math.fround(2 ** -120), noNaN: true }),
    ),
    { minLength: 1, maxLength: 40 },
  )
  .filter((values) => values.some((value) => value > 0))
  .map((values) => Float32Array.from(values))
const uniforms = fc.oneof(
  fc.maxSafeNat().map((numerator) => numerator / 2 ** 53),
  fc.constantFrom(0, 2 ** -53, 0.5, largestUniform),
)

describe('samplingUniforms', () => {
  it('lies in [0, 1), in steps of 2^-53, with mean 1/2', () => {
    const values = samplingUniforms(windowSeed, 1, 2, 3, 20_000)
    expect(values.every((u) => u >= 0 && u < 1 && Number.isInteger(u * 2 ** 53))).toBe(true)
    const mean = values.reduce((sum, u) => sum + u, 0) / values.length
    // Five standard errors of a uniform mean.
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 / Math.sqrt(12 * values.length))
  })

  it('extends a shorter call', () => {
    expect(samplingUniforms(windowSeed, 1, 2, 3, 100).slice(0, 7)).toEqual(
      samplingUniforms(windowSeed, 1, 2, 3, 7),
    )
  })

  it('differs by miner, group and rollout', () => {
    const first = [
      [1, 2, 3],
      [2, 2, 3],
      [1, 3, 3],
      [1, 2, 4],
    ].map(([miner, group, rollout]) => samplingUniforms(windowSeed, miner, group, rollout, 1)[0])
    expect(new Set(first).size).toBe(4)
  })
})

describe('owedToken', () => {
  it('follows the probabilities', () => {
    const probabilities = Float32Array.of(0.05, 0, 0.4, 0.3, 0.001, 0.249)
    const counts = probabilities.map(() => 0)
    const draws = 50_000
    for (const u of samplingUniforms(windowSeed, 9, 9, 9, draws)) counts[owedToken(probabilities, u)]++
    const chiSquare = [0, 2, 3, 4, 5].reduce((sum, token) => {
      const expected = probabilities[token] * draws
      return sum + (counts[token] - expected) ** 2 / expected
    }, 0)
    expect(counts[1]).toBe(0)
    // The 99.9 % quantile at four degrees of freedom.
    expect(chiSquare).toBeLessThan(18.47)
  })

  it('never owes a token of probability zero', () => {
    fc.assert(
      fc.property(weights, uniforms, (probabilities, u) => {
        expect(probabilities[owedToken(probabilities, u)]).toBeGreaterThan(0)
      }),
      { seed: 1 },
    )
  })

  it('never falls as u rises', () => {
    fc.assert(
      fc.property(weights, uniforms, uniforms, (probabilities, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        expect(owedToken(probabilities, low)).toBeLessThanOrEqual(owedToken(probabilities, high))
      }),
      { seed: 1 },
    )
  })

  it('owes the first possible token at u = 0 and the last at the largest u, unless that is within rounding', () => {
    expect(owedToken(Float32Array.of(0, 0.25, 0.75, 0), 0)).toBe(1)
    expect(owedToken(Float32Array.of(0, 0.25, 0.75, 0), largestUniform)).toBe(2)
    // 1e-20 of mass lies between u's last two steps: no u reaches it, and none goes past the end.
    expect(owedToken(Float32Array.of(1, 1e-20), largestUniform)).toBe(0)
  })

  it('owes nothing where there is no distribution', () => {
    expect(owedToken(Float32Array.of(0, 0), 0.5)).toBe(-1)
    expect(owedToken(Float32Array.of(0.5, Number.NaN), 0.5)).toBe(-1)
    expect(samplingDeviation(Float32Array.of(0.5, Number.NaN), 0.5, 0)).toBeNaN()
  })

  it('is the first token above u times the total in one plain sum, for vocabularies of any size', () => {
    const random = createSeededRandom(5)
    for (const size of [1, 511, 512, 513, 1024, 5000]) {
      const probabilities = Float32Array.from({ length: size }, () => (random() < 0.3 ? 0 : random() ** 20))
      let total = 0
      const sums = Array.from(probabilities, (probability) => {
        total += probability
        return total
      })
      for (const u of [0, random(), random(), 1 - 2 ** -53]) {
        expect(owedToken(probabilities, u)).toBe(sums.findIndex((sum) => sum > u * total))
      }
    }
  })

  it('gives u on a boundary to the upper token', () => {
    const probabilities = Float32Array.of(0.25, 0.25, 0.5)
    expect([0.25 - 2 ** -53, 0.25, 0.5].map((u) => owedToken(probabilities, u))).toEqual([0, 1, 2])
  })
})

describe('samplingDeviation', () => {
  it('is 0 for the owed token and positive for every other', () => {
    fc.assert(
      fc.property(weights, uniforms, (probabilities, u) => {
        const owed = owedToken(probabilities, u)
        probabilities.forEach((_, token) => {
          const deviation = samplingDeviation(probabilities, u, token)
          if (token === owed) expect(deviation).toBe(0)
          else expect(deviation).toBeGreaterThan(0)
        })
      }),
      { seed: 1 },
    )
  })

  it('is the distance of u from the interval, as a share of the total', () => {
    const probabilities = Float32Array.of(0.5, 1, 0.5)
    expect(samplingDeviation(probabilities, 0.5, 0)).toBe(0.25)
    expect(samplingDeviation(probabilities, 0.5, 2)).toBe(0.25)
    expect(samplingDeviation(probabilities, 0, 2)).toBe(0.75)
  })

  it('is within no tolerance for a token outside the vocabulary', () => {
    for (const token of [2, 1000]) {
      expect(samplingDeviation(Float32Array.of(0.5, 0.5), 0.3, token)).toBeNaN()
    }
  })
})
