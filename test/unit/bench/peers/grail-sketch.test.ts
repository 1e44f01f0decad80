import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bucketOf,
  grailSketch,
  modulus,
  sketchActivations,
  sketchCoefficients,
  sketchDistance,
  sketchTolerance,
} from '../../../../bench/peers/grail-sketch.ts'
import { createSeededRandom } from '../../../helpers/seeded-random.ts'
import { examinedRollout, randomPass } from './examined.ts'

const largestSketch = 16 * 7 * 127

function windows(count: number): number[][] {
  return Array.from({ length: count }, (_, window) =>
    sketchCoefficients({ windowSeed: `0x${window.toString(16).padStart(64, '0')}` }),
  )
}

/** A state whose every bucket is the largest one: nothing a model says can make the sketch larger. */
function saturatedState(seed: number): Float32Array {
  const random = createSeededRandom(seed)
  return Float32Array.from({ length: 96 }, () => (random() < 0.5 ? -1000 : 1000))
}

describe("GRAIL's bucketed sketch", () => {
  it('puts magnitudes into logarithmic buckets up to 7 and keeps the sign', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2000, noNaN: true }), (magnitude) => {
        const bucket = Math.min(7, Math.floor(0.8 * Math.log2(1 + magnitude) + 1e-12))
        expect(bucketOf(magnitude)).toBe(bucket)
        expect(bucketOf(-magnitude) + bucket).toBe(0)
      }),
      { seed: 1 },
    )
  })

  it('draws coefficients from -127 to 127, all of them', () => {
    const drawn = new Set(windows(200).flat())
    expect([Math.min(...drawn), Math.max(...drawn), drawn.size]).toEqual([-127, 127, 255])
  })

  it('never wraps: every sketch lies within 14,224 of zero on a circle of two billion', () => {
    const activations = fc.float32Array({ minLength: 16, maxLength: 40, noNaN: true })
    const coefficients = fc.array(fc.integer({ min: -127, max: 127 }), { minLength: 16, maxLength: 16 })
    fc.assert(
      fc.property(activations, coefficients, (state, row) => {
        expect(sketchDistance(sketchActivations(state, row), 0)).toBeLessThanOrEqual(largestSketch)
      }),
      { seed: 1 },
    )
    expect(sketchDistance(5, modulus - 5)).toBe(10)
  })

  it('accepts a zero in 99 % of windows even where every bucket is saturated', () => {
    const accepted = windows(2000).filter((coefficients, window) => {
      const sketch = sketchActivations(saturatedState(window), coefficients)
      return sketchDistance(sketch, 0) <= sketchTolerance(0)
    })
    expect(accepted.length / 2000).toBeGreaterThan(0.99)
    expect(accepted.length).toBeLessThan(2000)
  })

  it('accepts an all-zero sketch, and another model altogether, of states as large as a model has', () => {
    const honest = examinedRollout(randomPass(1, { length: 30 }))
    const zero = honest.activations.map((state) => new Float32Array(state.length))
    const other = randomPass(9, { length: 30 }).positions.map(({ hidden }) => hidden)
    expect(grailSketch.accepts({ ...honest, activations: zero })).toBe(true)
    expect(grailSketch.accepts({ ...honest, activations: other })).toBe(true)
  })

  it('rejects a sketch outside the tolerance, which grows with the root of the position', () => {
    const honest = examinedRollout(randomPass(1, { length: 1 }))
    const aligned = Float32Array.from(sketchCoefficients(honest), (coefficient) =>
      coefficient < 0 ? -1000 : 1000,
    )
    const against = aligned.map((activation) => -activation)
    const [position] = honest.verifier.positions
    const verifier = { ...honest.verifier, positions: [{ ...position, hidden: aligned }] }
    expect(grailSketch.accepts({ ...honest, verifier, activations: [aligned] })).toBe(true)
    expect(grailSketch.accepts({ ...honest, verifier, activations: [against] })).toBe(false)
    expect([0, 100, 400].map(sketchTolerance)).toEqual([6000, 6050, 6100])
  })

  it('challenges 32 positions of a longer completion: some changed ones are never looked at', () => {
    const honest = examinedRollout(randomPass(1, { length: 48 }))
    const aligned = Float32Array.from(sketchCoefficients(honest), (coefficient) =>
      coefficient < 0 ? -1000 : 1000,
    )
    const [position] = honest.verifier.positions
    const verifier = { temperature: 1, positions: Array(48).fill({ ...position, hidden: aligned }) }
    const acceptsChangeAt = Array.from({ length: 48 }, (_, changed) => {
      const activations = Array.from({ length: 48 }, (_, step) =>
        step === changed ? aligned.map((activation) => -activation) : aligned,
      )
      return grailSketch.accepts({ ...honest, verifier, activations })
    })
    expect(acceptsChangeAt.filter((accepted) => accepted)).toHaveLength(16)
  })
})
