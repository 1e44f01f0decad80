import { PPM } from '../environments/environment.ts'

/** What validators hold of miners, as the latest settled epoch left it. */
export interface Bonds {
  /** A uid or `emptySeat` per seat. */
  readonly seats: readonly number[]
  /** By miner uid, a uint16 per seat. A column has its own scale, a power of two. */
  readonly columns: readonly (readonly number[])[]
}

export const noBonds: Bonds = { seats: [], columns: [] }

/** What one miner's bonds are averaged from; arrays are by seat. */
export interface BondColumn {
  readonly stakes: readonly number[]
  /** What the penalty left of the weights. */
  readonly weights: readonly number[]
  /** The bonds before of those who still sit there, 0 for others. */
  readonly before: readonly number[]
  /** Share of new bonds, of `bondUnit`. */
  readonly alpha: bigint
}

const bondUnit = 1n << 62n

export function bondAlpha(movingAveragePpm: number): bigint {
  return (bondUnit * BigInt(PPM - movingAveragePpm)) / BigInt(PPM)
}

/** Weight less the part of its excess over consensus that the penalty, of 65535, takes. */
export function penalise(weight: number, consensus: number, penalty: number): number {
  // 65535 stands for all of it, which a shift can only divide out of 65536.
  const excess = Math.max(0, weight - consensus)
  return weight - Math.floor((excess * (penalty + (penalty >> 15))) / 65_536)
}

/**
 * E = alpha · colnorm(weight · stake) + (1 - alpha) · colnorm(before), of `bondUnit` by seat. Where one of the two
 * is empty the average is the other. What rounding loses is below 2^-30 of a column, so it is not normalised again.
 */
export function averageColumn({ stakes, weights, before, alpha: usual }: BondColumn): bigint[] {
  const products = weights.map((weight, seat) => BigInt(weight * stakes[seat]))
  const sum = products.reduce((a, b) => a + b, 0n)
  const sumBefore = BigInt(before.reduce((a, b) => a + b, 0))
  const alpha = sumBefore === 0n ? bondUnit : sum === 0n ? 0n : usual
  const fresh = sum === 0n ? 0n : alpha / sum
  const old = sumBefore === 0n ? 0n : (bondUnit - alpha) / sumBefore
  return products.map((product, seat) => fresh * product + old * BigInt(before[seat]))
}

/** Cuts all of a column by as many bits as leave the largest 16. */
export function storeColumn(shares: readonly bigint[]): number[] {
  const all = shares.reduce((bits, share) => bits | share, 0n)
  const cut = BigInt(Math.max(0, (all === 0n ? 0 : all.toString(2).length) - 16))
  return shares.map((share) => Number(share >> cut))
}
