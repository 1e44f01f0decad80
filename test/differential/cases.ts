import { rowTotal } from '../../shared/protocol/score.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'

type Random = () => number

/** One subnet in which several epochs are settled. */
export interface World {
  readonly seed: number
  readonly miners: number
  /** Token units, by validator. */
  readonly stakes: readonly bigint[]
  /** Validators from this uid on never vote. */
  readonly voters: number
  readonly kappa: number
  readonly quorumPpm: number
  readonly bondsPenalty: number
  readonly bondsMovingAveragePpm: number
}

/** By validator: weights by miner uid, or null for one that reveals nothing. */
export type Rows = readonly (readonly number[] | null)[]

const token = 10n ** 18n

export function worldOf(seed: number, largest: { validators: number; miners: number }): World {
  const random = createSeededRandom(seed)
  const validators = 1 + Math.floor(random() ** 2 * largest.validators)
  const stakeOf = choose(random, [
    () => 100n * token,
    () => 100n * token + BigInt(Math.floor(random() * 1e9)),
    (uid: number) => (uid === 0 ? 9_000n * token : 100n * token + 7n),
    (uid: number) => 100n * token + ((BigInt(uid) * 37n * token) % (2_000n * token)) + 1n,
  ])
  return {
    seed,
    miners: 1 + Math.floor(random() * largest.miners),
    stakes: Array.from({ length: validators }, (_, uid) => stakeOf(uid)),
    voters: validators,
    kappa: choose(random, [32_767, 16_384, 49_151, 32_768]),
    quorumPpm: choose(random, [666_667, 500_001, 900_000]),
    bondsPenalty: choose(random, [65_535, 65_535, 0, 32_768, 1]),
    bondsMovingAveragePpm: choose(random, [900_000, 900_000, 0, 500_000, 990_000]),
  }
}

export function rowsOf(world: World, epoch: number): Rows {
  const random = createSeededRandom(world.seed * 1_009 + epoch)
  const common = Array.from({ length: world.miners }, () => random() ** 3)
  const silence = choose(random, [0, 0, 0.1, 0.4])
  return world.stakes.map((_, uid) =>
    uid >= world.voters || random() < silence ? null : row(random, common),
  )
}

/** Rows that agree, tie, are short, empty or zero, put all on one miner, or use little of their sum. */
function row(random: Random, common: readonly number[]): number[] {
  const full = (values: readonly number[]) => {
    const sum = values.reduce((a, b) => a + b, 0)
    return values.map((value) => (sum === 0 ? 0 : Math.floor((value * rowTotal) / sum)))
  }
  const noisy = () => full(common.map((value) => value * (0.8 + 0.4 * random())))
  const shape = choose(random, [
    noisy,
    noisy,
    noisy,
    () => full(common),
    () => common.map(() => Math.floor(rowTotal / common.length)),
    () => common.map(() => 0),
    () => [],
    () => noisy().slice(0, Math.floor(random() * common.length)),
    () => common.map((_, uid) => (uid === Math.floor(common.length / 2) ? rowTotal : 0)),
    () => common.map(() => Math.floor(random() * 3)).slice(0, 10_000),
    () => full(common.map(() => random() ** 8)),
  ])
  return shape()
}

function choose<T>(random: Random, options: readonly T[]): T {
  return options[Math.floor(random() * options.length)]
}
