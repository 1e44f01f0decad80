import fc from 'fast-check'
import type { Hex } from 'viem'
import { describe, expect, it } from 'vitest'
import { keystream } from '../../../../shared/protocol/keystream.ts'
import { samplingUniforms } from '../../../../shared/protocol/sampling.ts'
import { hashTokens, tokenBoundSeed } from '../../../../shared/protocol/seed.ts'
import { sketchDistance, sketchPosition, sketchSigns } from '../../../../shared/protocol/sketch.ts'

const windowSeed: Hex = `0x${'5a'.repeat(32)}`
const step = 2 ** -11
const seedOf = (tokens: number[], miner = 1, group = 2, rollout = 3) =>
  tokenBoundSeed('sketch', windowSeed, hashTokens(tokens), miner, group, rollout)

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
  it('holds two bits a token, and no position shares its block with another', () => {
    for (const size of [1, 255, 256, 257, 1024]) {
      expect(8 * sketchSigns(seedOf([1]), 0, size).length).toBeGreaterThanOrEqual(2 * size)
    }
    const seed = seedOf([1])
    for (const [size, blocks] of [
      [203, 1],
      [256, 1],
      [257, 2],
      [1000, 4],
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
    expect(new Set(signs.map((each) => sketchPosition(logits, each, step).join())).size).toBe(signs.length)
  })

  it('does not see a constant added to every logit: it projects log-probabilities', () => {
    fc.assert(
      fc.property(fc.integer({ min: -64, max: 64 }), fc.nat(50), (constant, position) => {
        const signs = sketchSigns(seedOf([7]), position, vocabulary)
        const shifted = logits.map((logit) => logit + constant)
        const [a, b] = [sketchPosition(logits, signs, step), sketchPosition(shifted, signs, step)]
        // float32 rounds the sums: at most 2^-18 a logit, far below a step, but a step's edge may lie between.
        for (const j of [0, 1]) expect(Math.abs(a[j] - b[j])).toBeLessThanOrEqual(1)
      }),
      { seed: 1 },
    )
  })

  it('is linear: twice the logits, twice the sketch', () => {
    const signs = sketchSigns(seedOf([7]), 4, vocabulary)
    const [single, double] = [logits, logits.map((logit) => 2 * logit)].map((l) =>
      sketchPosition(l, signs, step),
    )
    for (const j of [0, 1]) expect(Math.abs(2 * single[j] - double[j])).toBeLessThanOrEqual(1)
  })

  it('keeps the spread of the logits, so that a model that differs shows', () => {
    const seed = seedOf([7])
    const values = Array.from({ length: 400 }, (_, position) =>
      sketchPosition(logits, sketchSigns(seed, position, vocabulary), step),
    ).flat()
    const variance = values.reduce((sum, value) => sum + (value * step) ** 2, 0) / values.length
    const mean = logits.reduce((sum, logit) => sum + logit, 0) / vocabulary
    const expected = logits.reduce((sum, logit) => sum + (logit - mean) ** 2, 0) / vocabulary
    expect(variance / expected).toBeGreaterThan(0.8)
    expect(variance / expected).toBeLessThan(1.2)
  })

  it('wraps around, so that large logits lose no detail', () => {
    // Ones add, zeros subtract: +++ and ---.
    const signs = Uint8Array.of(0b000_111)
    const sketchOf = (unit: number) => sketchPosition(Float32Array.of(3 * unit, 0, -3 * unit), signs, 1)
    const [near, far] = [40_000, 40_001].map((unit) => {
      const mixed = Uint8Array.of(0b110_001)
      return sketchPosition(Float32Array.of(2 * unit, -unit, -unit), mixed, 1 / Math.sqrt(3))
    })
    expect(sketchOf(1e6)).toEqual([0, 0])
    expect(near).toEqual([160_000 - 2 * 65_536, 2 * 65_536 - 160_000])
    expect(sketchDistance(near, far)).toBe(4)
  })

  it('is no number but zero for logits that are none', () => {
    const signs = sketchSigns(seedOf([1]), 0, 3)
    expect(sketchPosition(Float32Array.of(Number.NaN, 1, 2), signs, step)).toEqual([0, 0])
    expect(sketchPosition(Float32Array.of(Infinity, 1, 2), signs, step)).toEqual([0, 0])
  })

  it('projects by the bits of the keystream: ones add, zeros subtract', () => {
    // Bits 0 1 2 are the first projection's signs, 3 4 5 the second's.
    const signs = Uint8Array.of(0b000_101)
    expect(sketchPosition(Float32Array.of(3, 0, 0), signs, 1)).toEqual([
      Math.round((2 + 1 - 1) / Math.sqrt(3)),
      Math.round((-2 + 1 + 1) / Math.sqrt(3)),
    ])
  })
})

describe('sketchDistance', () => {
  it.each([
    [[5, 9], [5, 9], 0],
    [[5, 9], [2, 10], 3],
    [[32_767, 0], [-32_768, 0], 1],
    [[0, -32_700], [0, 32_700], 136],
    [[0, 0], [-32_768, 0], 32_768],
  ])('from %j to %j is %i, the same both ways', (a, b, distance) => {
    expect(sketchDistance(a, b)).toBe(distance)
    expect(sketchDistance(b, a)).toBe(distance)
  })
})
