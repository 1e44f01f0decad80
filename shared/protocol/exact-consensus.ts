import {
  add,
  divide,
  type Fixed,
  larger,
  multiply,
  normalise,
  one,
  shareOf,
  smaller,
  subtract,
  sum,
  toU16,
} from './fixed-point.ts'
import {
  combine,
  filterEntries,
  mapEntries,
  normaliseColumns,
  normaliseRows,
  rowSums,
  type SparseMatrix,
  upscaleColumns,
  weightedColumnSums,
  weightedRowSums,
} from './sparse-matrix.ts'

/**
 * One epoch of Yuma consensus in the production chain's own arithmetic: I32F32, column-normalised bonds, stored as
 * u16. There, miners and validators share one uid space. What this subnet pays by is consensus.ts; this is the
 * measure of how far its quantisation may be off.
 */
export interface ExactEpoch {
  /** By uid, in the chain's smallest unit. */
  readonly stake: readonly bigint[]
  /** Stake below it counts as none. */
  readonly stakeThreshold: bigint
  readonly permit: readonly boolean[]
  /** How many may hold a permit after this epoch. */
  readonly maxValidators: number
  readonly inactive: readonly boolean[]
  /** Block of each validator's latest weights, and of each uid's registration. */
  readonly lastUpdate: readonly bigint[]
  readonly registeredAt: readonly bigint[]
  /** Bonds in a uid that was registered at this block or later are forgotten. */
  readonly previousEpochBlock: bigint
  /** Sparse rows of u16 integers. */
  readonly weights: SparseMatrix
  /** What the epoch before stored: sparse rows of u16 integers. */
  readonly bonds: SparseMatrix
  readonly kappa: Fixed
  readonly bondsPenalty: Fixed
  /** alpha = 1 - this. */
  readonly bondsMovingAverage: Fixed
  readonly emission: bigint
}

/** By uid. Proportions are u16, emissions in the unit of `emission`. */
export interface ExactOutcome {
  readonly stake: readonly number[]
  readonly consensus: readonly number[]
  readonly validatorTrust: readonly number[]
  readonly rank: readonly number[]
  readonly trust: readonly number[]
  readonly incentive: readonly number[]
  readonly dividend: readonly number[]
  readonly pruning: readonly number[]
  readonly emission: readonly bigint[]
  readonly serverEmission: readonly bigint[]
  readonly validatorEmission: readonly bigint[]
  /** Who holds a permit in the next epoch. */
  readonly permit: readonly boolean[]
  /** Sparse rows of u16 integers, for the next epoch. */
  readonly bonds: SparseMatrix
}

export function decideExactly(epoch: ExactEpoch): ExactOutcome {
  const n = epoch.stake.length
  const stake = shares(epoch.stake.map((amount) => (amount < epoch.stakeThreshold ? 0n : amount)))
  const active = normalise(stake.map((s, i) => (epoch.inactive[i] || !epoch.permit[i] ? 0n : s)))
  const weights = normaliseRows(filterEntries(epoch.weights, (i, j) => isCounted(epoch, i, j)))

  const consensus = weightedMedians(weights, active, epoch.kappa)
  const clipped = mapEntries(weights, (weight, _, j) => smaller(weight, consensus[j]))
  const preranks = weightedColumnSums(weights, active, n)
  const ranks = weightedColumnSums(clipped, active, n)
  const incentive = normalise(ranks)

  const bonds = averageBonds(epoch, interpolate(weights, clipped, epoch.bondsPenalty), active)
  const dividends = normalise(weightedRowSums(bonds, incentive))
  const permit = topStakes(stake, epoch.maxValidators)
  return {
    stake: stake.map(toU16),
    consensus: consensus.map(toU16),
    validatorTrust: rowSums(clipped).map(toU16),
    rank: incentive.map(toU16),
    trust: ranks.map((rank, j) => toU16(divide(rank, preranks[j]))),
    incentive: incentive.map(toU16),
    dividend: dividends.map(toU16),
    ...divideEmission(epoch.emission, incentive, dividends, sum(active) === 0n ? stake : active),
    permit,
    bonds: storeBonds(epoch, bonds, permit),
  }
}

/** The chain divides stakes at twice the precision and cuts the result: the same as dividing the integers. */
function shares(amounts: readonly bigint[]): Fixed[] {
  const total = amounts.reduce((a, b) => a + b, 0n)
  return amounts.map((amount) => (total === 0n ? 0n : (amount * one) / total))
}

/** No weight without a permit, on oneself, or on a uid that was registered since. */
function isCounted({ permit, lastUpdate, registeredAt }: ExactEpoch, i: number, j: number): boolean {
  return permit[i] && i !== j && lastUpdate[i] > registeredAt[j]
}

/** Per column, the weight at which more than 1 - kappa of stake gave at most as much; 0 counts for no weight. */
function weightedMedians(weights: SparseMatrix, stake: readonly Fixed[], kappa: Fixed): Fixed[] {
  const voters = stake.flatMap((s, row) => (s > 0n ? [row] : []))
  const votes = normalise(voters.map((row) => stake[row]))
  const minority = subtract(sum(votes), kappa)
  const columns = stake.map((): [weight: Fixed, vote: Fixed][] => [])
  for (const [k, row] of voters.entries()) {
    for (const [column, weight] of weights[row]) columns[column].push([weight, votes[k]])
  }
  return columns.map((given) => {
    const silent = voters.length - given.length
    const rest = subtract(sum(votes), sum(given.map(([, vote]) => vote)))
    const ballots = silent > 0 ? [[0n, rest] as const, ...given] : given
    return weightedMedian(ballots, minority)
  })
}

function weightedMedian(ballots: readonly (readonly [weight: Fixed, vote: Fixed])[], minority: Fixed): Fixed {
  const ascending = ballots.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  let below = 0n
  for (const [weight, vote] of ascending) {
    below += vote
    if (below > minority) return weight
  }
  return ascending.at(-1)?.[0] ?? 0n
}

/** weights + penalty · (clipped - weights), entry by entry. */
function interpolate(weights: SparseMatrix, clipped: SparseMatrix, penalty: Fixed): SparseMatrix {
  return weights.map((entries, i) =>
    entries
      .map(([column, weight], k) => {
        const loss = subtract(clipped[i][k][1], weight)
        return [column, add(weight, multiply(penalty, loss))] as const
      })
      .filter(([, value]) => value > 0n),
  )
}

function averageBonds(epoch: ExactEpoch, weights: SparseMatrix, stake: readonly Fixed[]): SparseMatrix {
  const n = stake.length
  const kept = filterEntries(epoch.bonds, (_, j) => epoch.previousEpochBlock > epoch.registeredAt[j])
  const before = normaliseColumns(
    mapEntries(kept, (value) => value * one),
    n,
  )
  const delta = normaliseColumns(
    mapEntries(weights, (weight, i) => multiply(weight, stake[i])),
    n,
  )
  const alpha = subtract(one, epoch.bondsMovingAverage)
  return normaliseColumns(combine(delta, alpha, before, subtract(one, alpha)), n)
}

/** A validator that loses its permit loses its bonds; one that never had it keeps what is stored. */
function storeBonds(epoch: ExactEpoch, bonds: SparseMatrix, permit: readonly boolean[]): SparseMatrix {
  return upscaleColumns(bonds, bonds.length).map((entries, i) => {
    if (permit[i]) return entries.map(([column, value]) => [column, BigInt(toU16(value))] as const)
    return epoch.permit[i] ? [] : epoch.bonds[i]
  })
}

/** The largest stakes, of equal ones those of later uids; nobody without stake. */
function topStakes(stake: readonly Fixed[], count: number): boolean[] {
  const ascending = stake.map((s, uid) => ({ s, uid })).sort((a, b) => (a.s < b.s ? -1 : a.s > b.s ? 1 : 0))
  const top = new Set(ascending.slice(Math.max(0, stake.length - count)).map(({ uid }) => uid))
  return stake.map((s, uid) => s > 0n && top.has(uid))
}

/** Where nobody earned anything, the emission follows stake. */
function divideEmission(
  emission: bigint,
  incentive: readonly Fixed[],
  dividends: readonly Fixed[],
  stake: readonly Fixed[],
): Pick<ExactOutcome, 'emission' | 'serverEmission' | 'validatorEmission' | 'pruning'> {
  const combined = incentive.map((value, uid) => add(value, dividends[uid]))
  const total = sum(combined)
  const validators = total === 0n ? stake : normalise(dividends, total)
  const everyone = total === 0n ? stake : normalise(combined, total)
  const amounts = (values: readonly Fixed[]) => values.map((value) => shareOf(emission, value))
  return {
    emission: amounts(everyone),
    serverEmission: amounts(normalise(incentive, total)),
    validatorEmission: amounts(validators),
    pruning: upscaleToU16(everyone),
  }
}

/** Scaled so that the largest is 65535. */
function upscaleToU16(values: readonly Fixed[]): number[] {
  const largest = values.reduce(larger, 0n)
  return values.map((value) => Number(divide(multiply(value, 65_535n * one), largest) >> 32n))
}
