import fc from 'fast-check'
import type { Hex } from 'viem'
import { describe, expect, it } from 'vitest'
import { keystream } from '../../../../shared/protocol/keystream.ts'
import { samplingUniforms } from '../../../../shared/protocol/sampling.ts'
import { hashTokens, tokenBoundSeed } from '../../../../shared/protocol/seed.ts'
import {
  projectLogits,
  sketchDistance,
  sketchPosition,
  sketchSigns,
} from '../../../../shared/protocol/sketch.ts'

const windowSeed: Hex = `0x${'5a'.repeat(32)}`
const step = 2 ** -11
const each = [0, 1, 2, 3] as const
const seedOf = (tokens: number[], miner = 1, group = 2, rollout = 3) =>
  tokenBoundSeed('sketch', windowSeed, hashTokens(tokens), miner, group, rollout)

const stepsBetween = (a: number, b: number) => sketchDistance([a, 0, 0, 0], [b, 0, 0, 0])

const vocabulary = 203
/** Two uniforms a number, so that logits look like logits: centred, spread of about 1. */
const logitsOf = (miner: number): Float32Array => {
  const uniforms = samplingUniforms(windowSeed, miner, 0, 0, 2 * vocabulary)
  return Float32Array.from(
    { length: vocabulary },
    (_, i) => 2.4 * (uniforms[2 * i] + uniforms[2 * i + 1] - 1),
  )
}

describe('sketchSigns', () => {
  it('holds four bits a token, and no position shares its block with another', () => {
    for (const size of [1, 127, 128, 129, 1024]) {
      expect(8 * sketchSigns(seedOf([1]), 0, size).length).toBeGreaterThanOrEqual(4 * size)
    }
    const seed = seedOf([1])
    for (const [size, blocks] of [
      [101, 1],
      [128, 1],
      [129, 2],
      [1000, 8],
    ]) {
      expect(sketchSigns(seed, 3, size)).toEqual(keystream(seed, 64 * blocks, 3 * blocks))
    }
  })

  it('is about as often plus as minus', () => {
    const signs = sketchSigns(seedOf([1]), 0, 100_000)
    const ones = signs.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)
    const bits = 8 * signs.length
    // Five standard deviations of a fair coin.
    expect(Math.abs(ones - bits / 2)).toBeLessThan(2.5 * Math.sqrt(bits))
  })
})

describe('sketchPosition', () => {
  const logits = logitsOf(1)

  it('differs by position, miner, group, rollout and tokens', () => {
    const signs = [
      sketchSigns(seedOf([1, 2]), 0, vocabulary),
      sketchSigns(seedOf([1, 2]), 1, vocabulary),
      sketchSigns(seedOf([2, 1]), 0, vocabulary),
      sketchSigns(seedOf([1, 2], 2), 0, vocabulary),
      sketchSigns(seedOf([1, 2], 1, 3), 0, vocabulary),
      sketchSigns(seedOf([1, 2], 1, 2, 4), 0, vocabulary),
    ]
    expect(new Set(signs.map((some) => sketchPosition(logits, some, step).join())).size).toBe(signs.length)
  })

  it('does not see a constant added to every logit: it projects log-probabilities', () => {
    fc.assert(
      fc.property(fc.integer({ min: -64, max: 64 }), fc.nat(50), (constant, position) => {
        const signs = sketchSigns(seedOf([7]), position, vocabulary)
        const shifted = logits.map((logit) => logit + constant)
        const [a, b] = [sketchPosition(logits, signs, step), sketchPosition(shifted, signs, step)]
        // float32 rounds the sums: at most 2^-18 a logit, far below a step, but a step's edge may lie between.
        for (const j of each) expect(stepsBetween(a[j], b[j])).toBeLessThanOrEqual(1)
      }),
      { seed: 1 },
    )
  })

  it('is linear: twice the logits, twice the sketch', () => {
    const signs = sketchSigns(seedOf([7]), 4, vocabulary)
    const [single, double] = [logits, logits.map((logit) => 2 * logit)].map((l) =>
      sketchPosition(l, signs, step),
    )
    for (const j of each) expect(stepsBetween(2 * single[j], double[j])).toBeLessThanOrEqual(1)
  })

  it('keeps the spread of the logits, so that a model that differs shows, in projections that know nothing of each other', () => {
    const seed = seedOf([7])
    const values = Array.from({ length: 2000 }, (_, position) =>
      projectLogits(logits, sketchSigns(seed, position, vocabulary)),
    )
    const mean = logits.reduce((sum, logit) => sum + logit, 0) / vocabulary
    const expected = logits.reduce((sum, logit) => sum + (logit - mean) ** 2, 0)
    for (const j of each) {
      for (const k of each) {
        const product = values.reduce((sum, value) => sum + value[j] * value[k], 0) / values.length
        // Five standard deviations of a mean over 2,000 normal products, and √2 as many of a square.
        expect(Math.abs(product / expected - (j === k ? 1 : 0))).toBeLessThan(0.16)
      }
    }
  })

  it('projects by the bits of the keystream: ones add, zeros subtract', () => {
    // A nibble a token, the lower one first; bit j is for projection j.
    const signs = Uint8Array.of(0b1100_1010, 0b0001)
    const [first, second, third] = [5, -2, -3]
    const plain = [
      -first - second + third,
      first - second - third,
      -first + second - third,
      first + second - third,
    ]
    const logits = Float32Array.of(first, second, third)
    expect(projectLogits(logits, signs)).toEqual(plain)
    expect(sketchPosition(logits, signs, 1)).toEqual(plain.map((sum) => Math.round(sum / Math.sqrt(3))))
  })

  it('is what the definition says, whatever the logits and signs', () => {
    const some = fc.array(fc.float({ min: -40, max: 40, noNaN: true }), { minLength: 1, maxLength: 70 })
    fc.assert(
      fc.property(some, fc.nat(1000), (numbers, position) => {
        const logits = Float32Array.from(numbers)
        const signs = sketchSigns(seedOf([3]), position, logits.length)
        const mean = logits.reduce((sum, logit) => sum + logit, 0) / logits.length
        const projections = projectLogits(logits, signs)
        for (const j of each) {
          const sum = numbers.reduce((total, logit, i) => {
            const bit = 4 * i + j
            return total + ((signs[bit >>> 3] >>> (bit & 7)) & 1 ? 1 : -1) * (logit - mean)
          }, 0)
          // The order of the sum differs, and with it the last bits; `reduce` of a Float32Array is in float64.
          expect(Math.abs(projections[j] - sum)).toBeLessThan(1e-10)
        }
      }),
      { seed: 1 },
    )
  })

  it('wraps around, so that large logits lose no detail', () => {
    // Token 0 adds everywhere; token 1 adds to the last two projections only.
    const signs = Uint8Array.of(0b1100_1111)
    const sketchOf = (unit: number) => sketchPosition(Float32Array.of(unit, -unit), signs, Math.SQRT2)
    expect(sketchOf(127)).toEqual([127, 127, 0, 0])
    expect(sketchOf(128)).toEqual([-128, -128, 0, 0])
    expect(sketchOf(40_000)).toEqual([64, 64, 0, 0])
    expect(sketchDistance(sketchOf(40_000), sketchOf(40_004))).toBe(4)
  })

  it('is no number but zero for logits that are none', () => {
    const signs = sketchSigns(seedOf([1]), 0, 3)
    for (const none of [Number.NaN, Infinity]) {
      expect(each.map((j) => Math.abs(sketchPosition(Float32Array.of(none, 1, 2), signs, step)[j]))).toEqual([
        0, 0, 0, 0,
      ])
    }
  })
})

describe('sketchDistance', () => {
  it.each([
    [[5, 9, 0, 0], [5, 9, 0, 0], 0],
    [[5, 9, 0, 0], [2, 10, 0, 0], 3],
    [[0, 0, 7, 0], [0, 0, 5, -4], 4],
    [[127, 0, 0, 0], [-128, 0, 0, 0], 1],
    [[0, -120, 0, 0], [0, 120, 0, 0], 16],
    [[0, 0, 0, 0], [0, 0, 0, -128], 128],
  ])('from %j to %j is %i, the same both ways', (a, b, distance) => {
    expect(sketchDistance(a, b)).toBe(distance)
    expect(sketchDistance(b, a)).toBe(distance)
  })

  const sketch = fc.int8Array({ minLength: 4, maxLength: 4 })

  it('is a distance on a circle: symmetric, at most half the way round, with no shorter detour', () => {
    fc.assert(
      fc.property(sketch, sketch, sketch, (a, b, c) => {
        expect(sketchDistance(a, b)).toBe(sketchDistance(b, a))
        expect(sketchDistance(a, b)).toBeLessThanOrEqual(128)
        expect(sketchDistance(a, b) === 0).toBe(a.join() === b.join())
        expect(sketchDistance(a, c)).toBeLessThanOrEqual(sketchDistance(a, b) + sketchDistance(b, c))
      }),
      { seed: 1 },
    )
  })

  it('counts each component by itself, across the wrap too', () => {
    fc.assert(
      fc.property(sketch, sketch, fc.constantFrom(...each), (a, b, j) => {
        const alone = a.with(j, b[j])
        const apart = Math.abs(a[j] - b[j])
        expect(sketchDistance(a, alone)).toBe(Math.min(apart, 256 - apart))
        expect(sketchDistance(a, b)).toBe(Math.max(...each.map((k) => sketchDistance(a, a.with(k, b[k])))))
      }),
      { seed: 1 },
    )
  })

  it('of projections that lie up to T steps apart is at most T, though both are rounded and wrap', () => {
    const signs = Uint8Array.of(0b0110_1001)
    const value = fc.double({ min: -500, max: 500, noNaN: true })
    fc.assert(
      fc.property(value, fc.nat(12), fc.double({ min: -1, max: 1, noNaN: true }), (at, tolerance, share) => {
        const sketchOf = (unit: number) => {
          const logits = Float32Array.of(unit, -unit)
          return {
            sketch: sketchPosition(logits, signs, 1),
            raw: projectLogits(logits, signs)[0] / Math.SQRT2,
          }
        }
        const [a, b] = [sketchOf(at), sketchOf(at + (tolerance * share) / Math.SQRT2)]
        fc.pre(Math.abs(a.raw - b.raw) <= tolerance)
        expect(sketchDistance(a.sketch, b.sketch)).toBeLessThanOrEqual(tolerance)
      }),
      { seed: 1 },
    )
  })
})
