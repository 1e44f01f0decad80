import { PPM } from '../environments/environment.ts'
import { rowTotal } from './score.ts'

/**
 * Yuma consensus in integers, equal to contracts/Settlement.sol to the last digit: stake-weighted clipped median,
 * ranks, trust, and dividends without bond memory (alpha = 1 and penalty = 1, where a validator's dividend is
 * proportional to stake times trust). Written the obvious way; the contract does 16 miners at a time.
 */
export interface EpochRules {
  /** Of 65535: the share of stake that a weight must have behind it to stand. */
  readonly kappa: number
  readonly quorumPpm: number
  readonly minerSharePpm: number
  readonly minValidatorStake: bigint
}

/** One validator at an epoch: its stake at the epoch's first block, and its row unless it revealed none. */
export interface EpochValidator {
  readonly stake: bigint
  /** By miner uid; each and in sum at most 32767. */
  readonly weights: readonly number[] | null
}

export interface Consensus {
  /** Of the validators that decide, in uid order. */
  readonly validatorUids: readonly number[]
  /** Their stakes, quantised to a sum of at most 32767. */
  readonly stakes: readonly number[]
  /** Their sums of clipped weights. */
  readonly trusts: readonly number[]
  /** Per miner uid: the largest weight that a majority of stake gave at least. */
  readonly consensus: readonly number[]
  /** Per miner uid: sum of stake times clipped weight. A miner's incentive is its share of their sum. */
  readonly ranks: readonly number[]
}

export interface Payout {
  readonly role: 'miner' | 'validator'
  readonly uid: number
  /** Token units. */
  readonly amount: bigint
}

/**
 * @param validators all that ever registered, in uid order
 * @returns null when the epoch voids: too little stake revealed, or nobody earned anything
 */
export function decideConsensus(validators: readonly EpochValidator[], rules: EpochRules): Consensus | null {
  const active = validators
    .map(({ stake, weights }, uid) => ({ uid, stake, weights }))
    .filter(({ stake }) => stake >= rules.minValidatorStake)
  const deciding = active.filter(({ weights }) => weights !== null)
  const revealedStake = sumOf(deciding.map(({ stake }) => stake))
  const activeStake = sumOf(active.map(({ stake }) => stake))
  if (revealedStake === 0n || revealedStake * BigInt(PPM) < activeStake * BigInt(rules.quorumPpm)) return null

  const stakes = deciding.map(({ stake }) => Number((stake * BigInt(rowTotal)) / revealedStake))
  const rows = deciding.map(({ weights }) => weights ?? [])
  const majority = Math.ceil((total(stakes) * rules.kappa) / 65_535)
  const miners = Math.max(...rows.map((row) => row.length))
  const uids = Array.from({ length: miners }, (_, uid) => uid)
  const consensus = uids.map((uid) =>
    clippedMedian(
      rows.map((row) => row[uid] ?? 0),
      stakes,
      majority,
    ),
  )
  const clipped = rows.map((row) => uids.map((uid) => Math.min(row[uid] ?? 0, consensus[uid])))
  const ranks = uids.map((uid) => total(clipped.map((row, i) => stakes[i] * row[uid])))
  if (total(ranks) === 0) return null
  return {
    validatorUids: deciding.map(({ uid }) => uid),
    stakes,
    trusts: clipped.map(total),
    consensus,
    ranks,
  }
}

/** The miners' part of an epoch's emission, and the validators'. */
export function splitEmission(
  pool: bigint,
  minerSharePpm: number,
): { minerPool: bigint; validatorPool: bigint } {
  const minerPool = (pool * BigInt(minerSharePpm)) / BigInt(PPM)
  return { minerPool, validatorPool: pool - minerPool }
}

/** Miners in uid order, then validators; amounts round down, and nobody is listed for nothing. */
export function payoutsOf(
  decided: Omit<Consensus, 'consensus'>,
  pools: { minerPool: bigint; validatorPool: bigint },
): Payout[] {
  const { ranks, stakes, trusts, validatorUids } = decided
  // Also the sum of stake times trust: both are the sum of stake times clipped weight over the whole matrix.
  const rankSum = BigInt(total(ranks))
  const miners = ranks.map((rank, uid): Payout => {
    return { role: 'miner', uid, amount: (pools.minerPool * BigInt(rank)) / rankSum }
  })
  const validators = validatorUids.map((uid, i): Payout => {
    return { role: 'validator', uid, amount: (pools.validatorPool * BigInt(stakes[i] * trusts[i])) / rankSum }
  })
  return [...miners, ...validators].filter(({ amount }) => amount > 0n)
}

function clippedMedian(weights: readonly number[], stakes: readonly number[], majority: number): number {
  const support = (weight: number) => total(stakes.filter((_, i) => weights[i] >= weight))
  return Math.max(0, ...weights.filter((weight) => support(weight) >= majority))
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function sumOf(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n)
}
