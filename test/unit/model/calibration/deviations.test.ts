import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareDistributions } from '../../../../model/calibration/deviations.ts'
import type { Distribution } from '../../../../shared/protocol/distribution.ts'

/** A distribution with these logits, as a graph would give it. */
function distributionOf(logits: readonly number[]): Distribution {
  const weights = logits.map((logit) => Math.exp(logit))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    logits: Float32Array.from(logits),
    probabilities: Float32Array.from(weights, (weight) => weight / total),
    logProbabilities: Float32Array.from(weights, (weight) => Math.log(weight / total)),
  }
}

const position = { uniform: 0.3, token: 1, signs: Uint8Array.of(0b0110_0011, 0b0101), sketchStep: 2 ** -14 }

describe('compareDistributions', () => {
  it('finds nothing between a distribution and itself', () => {
    const at = distributionOf([1, 2, 3])
    expect(compareDistributions(at, at, position)).toEqual({
      sampling: 0,
      cumulative: 0,
      sketch: 0,
      projection: 0,
      logProbability: 0,
    })
  })

  it('bounds the sampling deviation by the cumulative distance, wherever u lies', () => {
    const logits = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 })
    const uniform = fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true })
    fc.assert(
      fc.property(logits, logits, uniform, (a, b, u) => {
        const found = compareDistributions(distributionOf(a), distributionOf(b), { ...position, uniform: u })
        // Both sums are rounded, each by less than 2^-50 of a total near 1.
        expect(found.sampling).toBeLessThanOrEqual(found.cumulative + 2 ** -48)
      }),
      { seed: 1 },
    )
  })

  it('bounds the sketch by the projection rounded up to whole steps', () => {
    const logits = fc.array(fc.double({ min: -0.4, max: 0.4, noNaN: true }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(logits, logits, (a, b) => {
        const { sketch, projection } = compareDistributions(distributionOf(a), distributionOf(b), position)
        const { sketchStep } = position
        expect(sketch).toBeLessThanOrEqual(sketchStep * Math.ceil(projection / sketchStep + 1e-9))
      }),
      { seed: 1 },
    )
  })
})
