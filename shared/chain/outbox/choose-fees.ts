/** Wei per gas. */
export interface Fees {
  readonly maxFee: bigint
  readonly tip: bigint
}

/** Nodes replace a transaction only by one that offers a tenth more in both; an eighth leaves room for rounding. */
const raised = (fee: bigint) => fee + (fee + 7n) / 8n

/** @param suggested what the network asks now */
export function firstFees(suggested: Fees, mostFee: bigint): Fees {
  const maxFee = least(suggested.maxFee, mostFee)
  return { maxFee, tip: least(suggested.tip, maxFee) }
}

/**
 * What replaces a transaction of the same nonce; null where the cap does not leave enough above it.
 * @param before the highest offered so far
 */
export function raiseFees(suggested: Fees, before: Fees, mostFee: bigint): Fees | null {
  const floor = { maxFee: raised(before.maxFee), tip: raised(before.tip) }
  if (floor.maxFee > mostFee) return null
  const maxFee = least(most(suggested.maxFee, floor.maxFee), mostFee)
  return { maxFee, tip: least(most(suggested.tip, floor.tip), maxFee) }
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
