import { describe, expect, it } from 'vitest'
import { checkLogProbability } from '../../../../../shared/protocol/checks/log-probability.ts'
import { checkSampling } from '../../../../../shared/protocol/checks/sampling.ts'
import { checkSketch } from '../../../../../shared/protocol/checks/sketch.ts'

/** Exact in binary, so that tolerances can be met to the digit. */
const at = {
  logits: Float32Array.of(2, -2),
  probabilities: Float32Array.of(0.75, 0.25),
  logProbabilities: Float32Array.of(-0.25, -1.5),
}

describe('checkSampling', () => {
  it('lets u lie outside the interval by the tolerance, and no further', () => {
    const uniform = 0.75 + 2 ** -10
    expect(checkSampling(at, 3, 1, uniform, 0)).toEqual({ deviation: 0, rejection: null })
    expect(checkSampling(at, 3, 0, uniform, 2 ** -10)).toEqual({ deviation: 2 ** -10, rejection: null })
    expect(checkSampling(at, 3, 0, uniform, 2 ** -11)).toEqual({
      deviation: 2 ** -10,
      rejection: {
        check: 'sampling',
        reason: 'TOKEN_NOT_OWED',
        numbers: {
          position: 3,
          owed: 1,
          given: 0,
          uniform,
          deviation: 2 ** -10,
          tolerance: 2 ** -11,
          givenProbability: 0.75,
          owedProbability: 0.25,
        },
      },
    })
  })

  it('with zero tolerance takes no token but the owed one, however near u is', () => {
    expect(checkSampling(at, 0, 1, 0.75 - 2 ** -53, 0).rejection?.reason).toBe('TOKEN_NOT_OWED')
    expect(checkSampling(at, 0, 0, 0.75, 0).rejection?.reason).toBe('TOKEN_NOT_OWED')
  })
})

describe('checkSketch', () => {
  // Token 0 adds to projections 0 and 2, token 1 to 1 and 3: the projections of (2, -2) are ±4 / √2.
  const signs = Uint8Array.of(0b1010_0101)
  const step = 2 ** -4
  const value = Math.round(4 / Math.SQRT2 / step)
  const expected = Int8Array.of(value, -value, value, -value)
  const check = (shifts: readonly number[], sketchTolerance: number) => {
    const committed = Int8Array.of(0, 0, 0, 0, ...expected.map((each, j) => each + shifts[j]), 0, 0, 0, 0)
    return checkSketch(at, 1, committed, signs, { sketchStep: step, sketchTolerance })
  }

  it('compares all four values of its position', () => {
    expect(check([0, 0, 0, 0], 0)).toEqual({ deviation: 0, rejection: null })
    for (const j of [0, 1, 2, 3]) {
      expect(check([0, 0, 0, 0].with(j, 1), 0).rejection?.reason).toBe('SKETCH_MISMATCH')
    }
  })

  it('lets the largest deviation be the tolerance, and no more', () => {
    expect(check([1, -2, 0, 2], 2 * step)).toEqual({ deviation: 2 * step, rejection: null })
    expect(check([0, 0, 3, 0], 2 * step).rejection?.numbers).toEqual({
      position: 1,
      expected: `${value} ${-value} ${value} ${-value}`,
      given: `${value} ${-value} ${value + 3} ${-value}`,
      deviation: 3 * step,
      tolerance: 2 * step,
    })
  })
})

describe('checkLogProbability', () => {
  it('compares in nats, within the tolerance', () => {
    expect(checkLogProbability(at, 0, 1, -1.5, 0)).toEqual({ deviation: 0, rejection: null })
    expect(checkLogProbability(at, 0, 1, -1.25, 0.25).rejection).toBeNull()
    expect(checkLogProbability(at, 0, 1, -1.25, 0.125).rejection).toMatchObject({
      check: 'log-probability',
      reason: 'LOG_PROBABILITY_MISMATCH',
      numbers: { token: 1, expected: -1.5, given: -1.25, deviation: 0.25 },
    })
  })

  it('finds what is not a number outside every tolerance', () => {
    for (const declared of [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]) {
      expect(checkLogProbability(at, 0, 1, declared, 1e300).rejection?.reason).toBe(
        'LOG_PROBABILITY_MISMATCH',
      )
    }
  })
})
