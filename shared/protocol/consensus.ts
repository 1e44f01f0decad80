import { PPM } from '../environments/environment.ts'
import { averageColumn, type Bonds, bondAlpha, noBonds, penalise, storeColumn } from './bonds.ts'
import { electCommittee, emptySeat, seatCommittee } from './committee.ts'
import { rowTotal } from './score.ts'

/**
 * Yuma consensus in integers, equal to contracts/Settlement.sol to the last digit: stake-weighted clipped median,
 * ranks, trust, bonds and dividends. Written the obvious way; the contract does 16 miners at a time.
 */
export interface EpochRules {
  /** Of 65535: the share of stake that a weight must have behind it to stand. */
  readonly kappa: number
  /** Of 65535: how much of a weight beyond consensus earns no bonds. */
  readonly bondsPenalty: number
  /** Share of its bonds that a validator carries into the next epoch. */
  readonly bondsMovingAveragePpm: number
  readonly quorumPpm: number
  readonly minerSharePpm: number
  readonly minValidatorStake: bigint
}

/** One validator at an epoch: the stake that counts in it, and its row unless it revealed none. */
export interface EpochValidator {
  readonly stake: bigint
  /** By miner uid; each and in sum at most 32767. */
  readonly weights: readonly number[] | null
}

/** Arrays of validators are by seat of the committee. */
export interface Consensus {
  /** `emptySeat` where nobody sits. */
  readonly validatorUids: readonly number[]
  /** Revealed stakes, quantised to a sum of at most 32767. */
  readonly stakes: readonly number[]
  /** Sums of clipped weights. */
  readonly trusts: readonly number[]
  /** A validator's payout is its share of their sum; 48 bits each. */
  readonly dividends: readonly number[]
  /** Per miner uid: the largest weight that a majority of stake gave at least. */
  readonly consensus: readonly number[]
  /** Per miner uid: sum of stake times clipped weight. A miner's incentive is its share of their sum. */
  readonly ranks: readonly number[]
  /** For the next epoch; `noBonds` where the rules keep none. */
  readonly bonds: Bonds
}

export interface Payout {
  readonly role: 'miner' | 'validator'
  readonly uid: number
  /** Token units. */
  readonly amount: bigint
}

/** With alpha = 1 and penalty = 1 a dividend is stake times trust, and nothing needs to be kept. */
export function keepsBonds(rules: Pick<EpochRules, 'bondsPenalty' | 'bondsMovingAveragePpm'>): boolean {
  return rules.bondsMovingAveragePpm > 0 || rules.bondsPenalty < 65_535
}

/** The committee of an epoch by seat. */
export function committeeOf(stakes: readonly bigint[], rules: EpochRules, before: Bonds): number[] {
  const elected = electCommittee(stakes, rules.minValidatorStake)
  return keepsBonds(rules) ? seatCommittee(elected, before.seats, 16) : seatCommittee(elected, [], 4)
}

/**
 * @param validators all that ever registered, in uid order
 * @param before what the latest settled epoch left
 * @returns null when the epoch voids: too little stake revealed, or nobody earned anything. Bonds then stay.
 */
export function decideConsensus(
  validators: readonly EpochValidator[],
  rules: EpochRules,
  before: Bonds = noBonds,
): Consensus | null {
  const validatorUids = committeeOf(
    validators.map(({ stake }) => stake),
    rules,
    before,
  )
  const members = validatorUids.map((uid) => (uid === emptySeat ? nobody : validators[uid]))
  const revealed = members.map(({ stake, weights }) => (weights ? stake : 0n))
  const revealedStake = sumOf(revealed)
  const activeStake = sumOf(members.map(({ stake }) => stake))
  if (revealedStake === 0n || revealedStake * BigInt(PPM) < activeStake * BigInt(rules.quorumPpm)) return null

  const stakes = revealed.map((stake) => Number((stake * BigInt(rowTotal)) / revealedStake))
  const rows = members.map(({ weights }) => weights ?? [])
  const majority = Math.ceil((total(stakes) * rules.kappa) / 65_535)
  const known = keepsBonds(rules) ? before.columns.length : 0
  const miners = Math.max(known, ...rows.map((row) => row.length))
  const columns = Array.from({ length: miners }, (_, uid) => rows.map((row) => row[uid] ?? 0))
  const consensus = columns.map((weights) => clippedMedian(weights, stakes, majority))
  const clipped = columns.map((weights, uid) => weights.map((weight) => Math.min(weight, consensus[uid])))
  const ranks = clipped.map((weights) => total(weights.map((weight, seat) => stakes[seat] * weight)))
  if (total(ranks) === 0) return null
  const trusts = stakes.map((_, seat) => total(clipped.map((weights) => weights[seat])))
  return {
    validatorUids,
    stakes,
    trusts,
    consensus,
    ranks,
    ...(keepsBonds(rules)
      ? averageBonds({ validatorUids, stakes, columns, consensus, ranks }, rules, before)
      : { dividends: stakes.map((stake, seat) => stake * trusts[seat]), bonds: noBonds }),
  }
}

const nobody: EpochValidator = { stake: 0n, weights: null }

interface Decided extends Pick<Consensus, 'validatorUids' | 'stakes' | 'consensus' | 'ranks'> {
  /** By miner uid and seat. */
  readonly columns: readonly (readonly number[])[]
}

function averageBonds(
  { validatorUids, stakes, columns, consensus, ranks }: Decided,
  rules: EpochRules,
  before: Bonds,
): Pick<Consensus, 'dividends' | 'bonds'> {
  const alpha = bondAlpha(rules.bondsMovingAveragePpm)
  const stayed = validatorUids.map((uid, seat) => uid !== emptySeat && before.seats[seat] === uid)
  const shares = columns.map((weights, uid) =>
    averageColumn({
      stakes,
      weights: weights.map((weight) => penalise(weight, consensus[uid], rules.bondsPenalty)),
      before: stayed.map((stays, seat) => (stays ? (before.columns[uid]?.[seat] ?? 0) : 0)),
      alpha,
    }),
  )
  const earned = stakes.map((_, seat) =>
    sumOf(shares.map((column, uid) => (column[seat] >> 32n) * BigInt(ranks[uid]))),
  )
  return {
    dividends: earned.map((sum) => Number(sum >> 12n)),
    bonds: { seats: validatorUids, columns: shares.map(storeColumn) },
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

/** Miners in uid order, then validators in seat order; amounts round down, and nobody is listed for nothing. */
export function payoutsOf(
  { ranks, dividends, validatorUids }: Pick<Consensus, 'ranks' | 'dividends' | 'validatorUids'>,
  pools: { minerPool: bigint; validatorPool: bigint },
): Payout[] {
  const minerAmounts = divide(pools.minerPool, ranks)
  const validatorAmounts = divide(pools.validatorPool, dividends)
  const miners = minerAmounts.map((amount, uid): Payout => ({ role: 'miner', uid, amount }))
  const validators = validatorUids.map((uid, seat): Payout => {
    return { role: 'validator', uid, amount: validatorAmounts[seat] }
  })
  return [...miners, ...validators].filter(({ amount }) => amount > 0n)
}

function divide(pool: bigint, parts: readonly number[]): bigint[] {
  const sum = sumOf(parts.map(BigInt))
  return parts.map((part) => (sum === 0n ? 0n : (pool * BigInt(part)) / sum))
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
