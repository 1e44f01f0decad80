import { expect, it } from 'vitest'
import {
  add,
  divide,
  fromRatio,
  multiply,
  one,
  shareOf,
  toU16,
} from '../../../../shared/protocol/fixed-point.ts'

it('rounds products down and quotients towards zero, and divides by zero to zero', () => {
  expect(multiply(1n, one - 1n)).toBe(0n)
  expect(multiply(-1n, 1n)).toBe(-1n)
  expect(divide(-1n, 3n * one)).toBe(0n)
  expect(divide(one, 3n * one)).toBe(1_431_655_765n)
  expect(divide(one, 0n)).toBe(0n)
})

it('saturates at the bounds of 64 bits', () => {
  const largest = (1n << 63n) - 1n
  expect(add(largest, 1n)).toBe(largest)
  expect(multiply(-largest, largest)).toBe(-largest - 1n)
  expect(divide(largest, 1n)).toBe(largest)
})

it('stores proportions as u16, rounded down and within bounds', () => {
  expect([0n, one, fromRatio(1n, 2n), 2n * one, -one].map(toU16)).toEqual([0, 65_535, 32_767, 65_535, 0])
  expect(toU16(one - 1n)).toBe(65_534)
})

it('takes shares of amounts beyond 64 bits', () => {
  expect(shareOf(10n ** 30n, one / 4n)).toBe(25n * 10n ** 28n)
})
