import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTally, powerOfTwoAbove, shareAbove } from '../../../../model/calibration/histogram.ts'

function tallyOf(values: readonly number[]) {
  const tally = createTally()
  for (const value of values) tally.add(value)
  return tally.histogram()
}

describe('a tally', () => {
  it('counts zeros apart, and everything else under the least edge that is not below it', () => {
    expect(tallyOf([0, 1, 1.01, 1.25, 1.26, 2, 0, 3, Number.MIN_VALUE])).toEqual({
      positions: 9,
      zeros: 2,
      largest: 3,
      bins: [
        [2 ** -60, 1],
        [1, 1],
        [1.25, 2],
        [1.5, 1],
        [2, 1],
        [3, 1],
      ],
    })
  })

  it('splits exactly at every power of two, and at its quarters', () => {
    const value = fc.double({ min: 2 ** -50, max: 2 ** 20, noNaN: true })
    const edge = fc.tuple(fc.integer({ min: -40, max: 10 }), fc.integer({ min: 0, max: 3 }))
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), edge, (values, [octave, quarter]) => {
        const tolerance = 2 ** octave * (1 + quarter / 4)
        const above = values.filter((each) => each > tolerance).length
        expect(shareAbove(tallyOf(values), tolerance)).toBe(above / values.length)
      }),
      { seed: 1 },
    )
  })
})

it.each([
  [1, 1],
  [0.75, 1],
  [0.5, 0.5],
  [3, 4],
  [2 ** -14 * 1.01, 2 ** -13],
  [Number.MIN_VALUE, 2 ** -1022],
])('powerOfTwoAbove(%d) is %d', (value, power) => {
  expect(powerOfTwoAbove(value)).toBe(power)
})
