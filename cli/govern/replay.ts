import type { Bonds } from '../../shared/protocol/bonds.ts'
import {
  decideConsensus,
  type EpochRules,
  type EpochValidator,
  type Payout,
  payoutsOf,
  splitEmission,
} from '../../shared/protocol/consensus.ts'
import { rowTotal } from '../../shared/protocol/score.ts'
import type { Rescored } from '../../validator/rescore-from-journal.ts'

const PPM = 1_000_000n

/** What a vote may change of an epoch that is over. */
export interface ReplayRules extends EpochRules {
  readonly emissionPerEpoch: bigint
  readonly treasurySharePpm: number
}

/** A settled epoch as the chain kept it. */
export interface PastEpoch {
  readonly epoch: number
  readonly rules: ReplayRules
  /** All that ever registered, in uid order. */
  readonly validators: readonly EpochValidator[]
  /** Most that the epoch may emit, by the schedule. */
  readonly scheduled: bigint
  /** By miner uid, where score coefficients change; empty otherwise. */
  readonly rescored: ReadonlyMap<number, Rescored>
}

export interface ReplayedEpoch {
  readonly epoch: number
  readonly voided: boolean
  readonly payouts: readonly Payout[]
  readonly toTreasury: bigint
}

/** What is left to emit, and where its share goes. */
export interface Purse {
  /** Rolled over from before the first epoch. */
  readonly carried: bigint
  /** Below the cap when the first epoch began. */
  readonly budget: bigint
  readonly hasTreasury: boolean
  /** Of validators in miners when the first epoch began. */
  readonly bonds: Bonds
}

/**
 * Settles epochs again, each under the rules that `rulesOf` gives it, as RewardVault and Settlement would have.
 * @param epochs in order, none missing
 */
export function replayEpochs(
  epochs: readonly PastEpoch[],
  rulesOf: (epoch: PastEpoch) => ReplayRules,
  purse: Purse,
): ReplayedEpoch[] {
  let { carried, budget, bonds } = purse
  return epochs.map((past) => {
    const rules = rulesOf(past)
    const emission = least(rules.emissionPerEpoch, past.scheduled)
    const whole = least(emission + carried, budget)
    const treasuryShare = purse.hasTreasury ? (whole * BigInt(rules.treasurySharePpm)) / PPM : 0n
    const decided = decideConsensus(rescore(past), rules, bonds)
    bonds = decided?.bonds ?? bonds
    const payouts = decided
      ? payoutsOf(decided, splitEmission(whole - treasuryShare, rules.minerSharePpm))
      : []
    const paid = payouts.reduce((sum, { amount }) => sum + amount, 0n)
    const toTreasury = paid > 0n ? treasuryShare : 0n
    carried = whole - paid - toTreasury
    budget -= paid + toTreasury
    return { epoch: past.epoch, voided: decided === null, payouts, toTreasury }
  })
}

/**
 * Every weight grows as one validator found that the miner's score does: what differs between validators is how
 * much of the work they counted, and coefficients do not touch that.
 */
function rescore({ validators, rescored }: PastEpoch): readonly EpochValidator[] {
  if (rescored.size === 0) return validators
  return validators.map(({ stake, weights }) => ({
    stake,
    weights: weights && rescoreRow(weights, rescored),
  }))
}

function rescoreRow(weights: readonly number[], rescored: ReadonlyMap<number, Rescored>): number[] {
  const scaled = weights.map((weight, uid) => {
    const { before, after } = rescored.get(uid) ?? { before: 0n, after: 0n }
    // Nothing counted for this validator, whatever the others found.
    return before === 0n ? 0n : (BigInt(weight) * after * PPM) / before
  })
  const total = scaled.reduce((sum, weight) => sum + weight, 0n)
  return scaled.map((weight) => (total === 0n ? 0 : Number((weight * BigInt(rowTotal)) / total)))
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
