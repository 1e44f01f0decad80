/**
 * I32F32 arithmetic as the production chain does it: signed 64-bit numbers with 32 fraction bits, held as bigint
 * and saturating at their bounds. Products round down, quotients towards zero, and x / 0 is 0.
 */
export type Fixed = bigint

const fractionBits = 32n
export const one: Fixed = 1n << fractionBits
const largest: Fixed = (1n << 63n) - 1n
const smallest: Fixed = -(1n << 63n)
const u16Max = 65_535n

export function add(a: Fixed, b: Fixed): Fixed {
  return saturate(a + b)
}

export function subtract(a: Fixed, b: Fixed): Fixed {
  return saturate(a - b)
}

export function multiply(a: Fixed, b: Fixed): Fixed {
  return saturate((a * b) >> fractionBits)
}

export function divide(a: Fixed, b: Fixed): Fixed {
  return b === 0n ? 0n : saturate((a << fractionBits) / b)
}

export function sum(values: readonly Fixed[]): Fixed {
  return values.reduce(add, 0n)
}

export function larger(a: Fixed, b: Fixed): Fixed {
  if (a > b) return a
  return b
}

export function smaller(a: Fixed, b: Fixed): Fixed {
  if (a < b) return a
  return b
}

/** Unchanged when the sum is 0. */
export function normalise(values: readonly Fixed[], total: Fixed = sum(values)): readonly Fixed[] {
  return total === 0n ? values : values.map((value) => divide(value, total))
}

/** The quotient of two integers. */
export function fromRatio(numerator: bigint, denominator: bigint): Fixed {
  return divide(numerator, denominator)
}

/** A proportion as the chain stores it: floor(x · 65535), within 0 … 65535. */
export function toU16(value: Fixed): number {
  const scaled = multiply(value, u16Max << fractionBits) >> fractionBits
  return Number(scaled < 0n ? 0n : scaled > u16Max ? u16Max : scaled)
}

/** Integer part of value · amount, whatever the amount's size. */
export function shareOf(amount: bigint, value: Fixed): bigint {
  return (amount * value) >> fractionBits
}

function saturate(value: bigint): Fixed {
  if (value > largest) return largest
  return value < smallest ? smallest : value
}
