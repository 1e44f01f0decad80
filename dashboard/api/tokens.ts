import { formatUnits } from 'viem'

/** Token units as decimal text in whole tokens. */
export function wholeTokens(amount: bigint): string {
  return formatUnits(amount, 18)
}

/** @returns 0 … 1, to a millionth */
export function shareOf(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 1_000_000n) / whole) / 1_000_000
}
