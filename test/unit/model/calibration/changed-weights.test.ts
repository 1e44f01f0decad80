import { describe, expect, it } from 'vitest'
import { quantise, roundToHalf } from '../../../../model/calibration/changed-weights.ts'

const tensor = (shape: readonly number[], ...numbers: readonly number[]) =>
  new Map([['w', { shape, data: Float32Array.from(numbers) }]])
const numbersOf = (weights: ReadonlyMap<string, { data: Float32Array }>) => [
  ...(weights.get('w')?.data ?? []),
]

describe('roundToHalf', () => {
  it.each([
    [1, 1],
    [1 + 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
    [1 + 2 ** -12, 1],
    [-3.2, -3.19921875],
    [2 ** -24, 2 ** -24],
    [2 ** -14 - 2 ** -26, 2 ** -14],
    [2 ** -26, 0],
    [0, 0],
  ])('makes %d the half-precision number %d', (value, half) => {
    expect(numbersOf(roundToHalf(tensor([1], value)))).toEqual([half])
  })
})

describe('quantise', () => {
  it('leaves whole multiples of each row’s scale, whose largest weight stays', () => {
    const weights = quantise(tensor([2, 3], 127, 50.4, -0.6, 0.5, -0.25, 0.001), 8)
    expect(numbersOf(weights)).toEqual(
      [127, 50, -1, 0.5, -0.25, 0].map((value, i) =>
        i === 4 ? Math.fround((Math.round(-0.25 / (0.5 / 127)) * 0.5) / 127) : value,
      ),
    )
  })

  it('gives every block its own scale when blocks are given', () => {
    expect(numbersOf(quantise(tensor([1, 4], 70, 12, 0.875, 0.4), 4, 2))).toEqual([70, 10, 0.875, 0.375])
  })

  it('leaves vectors and rows of zeros alone', () => {
    expect(numbersOf(quantise(tensor([3], 0.123, 7, 9), 4))).toEqual([0.123, 7, 9].map(Math.fround))
    expect(numbersOf(quantise(tensor([1, 2], 0, 0), 8))).toEqual([0, 0])
  })
})
