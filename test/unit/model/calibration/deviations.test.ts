import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareLooks, lookAt, sketchDeviation } from '../../../../model/calibration/deviations.ts'
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

const token = 1
const signs = Uint8Array.of(0b0110_0011, 0b0101)
const step = 2 ** -14

function compare(a: Distribution, b: Distribution, uniform = 0.3) {
  const [reference, other] = [a, b].map((at) => lookAt(at, token, signs))
  const sketch = sketchDeviation(reference.projections, other.projections, a.logits.length, step)
  return { ...compareLooks(reference, other, uniform), sketch }
}

describe('two distributions at a position', () => {
  it('do not deviate where they are one', () => {
    const at = distributionOf([1, 2, 3])
    expect(compare(at, at)).toEqual({
      sampling: 0,
      cumulative: 0,
      sketch: 0,
      projection: 0,
      logProbability: 0,
    })
  })

  it('deviate in sampling by at most the cumulative distance, wherever u lies', () => {
    const logits = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 })
    const uniform = fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true })
    fc.assert(
      fc.property(logits, logits, uniform, (a, b, u) => {
        const found = compare(distributionOf(a), distributionOf(b), u)
        // Both sums are rounded, each by less than 2^-50 of a total near 1.
        expect(found.sampling).toBeLessThanOrEqual(found.cumulative + 2 ** -48)
      }),
      { seed: 1 },
    )
  })

  it('deviate in their sketches by at most the projection rounded up to whole steps', () => {
    const logits = fc.array(fc.double({ min: -0.4, max: 0.4, noNaN: true }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(logits, logits, (a, b) => {
        const { sketch, projection } = compare(distributionOf(a), distributionOf(b))
        expect(sketch).toBeLessThanOrEqual(step * Math.ceil(projection / step + 1e-9))
      }),
      { seed: 1 },
    )
  })
})
