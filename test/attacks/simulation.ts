import { auditCount, ownCount } from '../../shared/protocol/audit.ts'
import type { Rules } from '../../shared/protocol/rules.ts'
import { countedTokens } from '../../shared/protocol/score.ts'
import { isSuspect, newcomer, type Standing, updateStanding } from '../../shared/protocol/sequential.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'
import type { Observed } from './arena/measure-miner.ts'

type Random = () => number

export interface HonestSimulation {
  /** Honest violations per position that were assumed. */
  readonly rate: number
  readonly minerWindows: number
  readonly falseExclusions: number
}

/** Windows that one honest miner of the simulation lives. */
const lifetime = 1000

/** How often the sequential test excludes miners that only ever drift, each violation independent of the last. */
export function simulateHonest(options: {
  readonly rate: number
  readonly minerWindows: number
  /** Positions audited in a window: of a miner in good standing, and of a suspect. */
  readonly audited: { readonly usual: number; readonly suspect: number }
  readonly seed: number
}): HonestSimulation {
  const { rate, minerWindows, audited } = options
  const random = createSeededRandom(options.seed)
  let falseExclusions = 0
  let standing: Standing = newcomer
  for (let window = 0; window < minerWindows; window++) {
    if (window % lifetime === 0 || standing.excluded) standing = newcomer
    const positions = isSuspect(standing) ? audited.suspect : audited.usual
    standing = updateStanding(standing, positions, drawPoisson(positions * rate, random))
    if (standing.excluded) falseExclusions++
  }
  return { rate, minerWindows, falseExclusions }
}

/** Binomial of many positions and a small rate. */
function drawPoisson(mean: number, random: Random): number {
  let target = random()
  let probability = Math.exp(-mean)
  let count = 0
  while (target > probability && count < 100) {
    target -= probability
    count++
    probability *= mean / count
  }
  return count
}

export interface AttackSimulation {
  readonly attackers: number
  /** Windows until most validators have excluded it; null where fewer than that share ever are. */
  readonly windows: {
    readonly median: number | null
    readonly p95: number | null
    readonly p99: number | null
  }
  readonly excludedWithinThree: number
  readonly neverExcluded: number
  /** Pay until exclusion, as a share of honest pay in the windows that it lived. */
  readonly expectedPay: number
}

const attackers = 2000
const horizon = 20
const validators = 3

/**
 * Many attackers of one kind, each window's rollouts drawn from those that were measured, under the samples that
 * the rules prescribe: one that all validators share and one of each validator's own.
 * @param payUnchecked pay of a window that nobody looks at, as a multiple of honest pay
 */
export function simulateAttack(options: {
  readonly observed: readonly Observed[]
  readonly payUnchecked: number
  readonly rules: Rules
  readonly seed: number
}): AttackSimulation {
  const random = createSeededRandom(options.seed)
  const lives = Array.from({ length: attackers }, () => liveOnce(options, random))
  const ends = lives.map(({ excludedIn }) => excludedIn).sort((a, b) => a - b)
  const at = (share: number) => {
    const end = ends[Math.ceil(share * attackers) - 1]
    return end > horizon ? null : end
  }
  return {
    attackers,
    windows: { median: at(0.5), p95: at(0.95), p99: at(0.99) },
    excludedWithinThree: ends.filter((end) => end <= 3).length / attackers,
    neverExcluded: ends.filter((end) => end > horizon).length / attackers,
    expectedPay:
      lives.reduce((sum, { pay }) => sum + pay, 0) /
      ends.reduce((sum, end) => sum + Math.min(end, horizon), 0),
  }
}

function liveOnce(
  { observed, payUnchecked, rules }: Parameters<typeof simulateAttack>[0],
  random: Random,
): { excludedIn: number; pay: number } {
  const sharedCount = auditCount(observed.length, rules)
  const ownSize = ownCount(observed.length, rules)
  let standings: Standing[] = new Array<Standing>(validators).fill(newcomer)
  let pay = 0
  for (let window = 1; window <= horizon; window++) {
    const shared = sample(observed, sharedCount, random)
    const factors: number[] = []
    standings = standings.map((standing) => {
      const own = isSuspect(standing) ? observed : sample(observed, ownSize, random)
      const sampled = [...new Set([...shared, ...own])]
      const known = sampled.every(({ accepted }) => accepted) ? sampled : observed
      const next = updateStanding(
        standing,
        sum(known, (rollout) => rollout.positions),
        sum(known, (rollout) => rollout.violations),
      )
      const auditedTokens = sum(sampled, (rollout) => rollout.positions)
      const acceptedTokens = sum(sampled, (rollout) => (rollout.accepted ? rollout.positions : 0))
      const counted = countedTokens({ auditedTokens, acceptedTokens })
      factors.push(next.excluded ? 0 : counted / auditedTokens)
      return next
    })
    pay += payUnchecked * median(factors)
    if (standings.filter(({ excluded }) => excluded).length * 2 > validators)
      return { excludedIn: window, pay }
  }
  return { excludedIn: horizon + 1, pay }
}

/** Distinct items, all equally likely. */
function sample<Item>(items: readonly Item[], count: number, random: Random): Item[] {
  const chosen = new Set<Item>()
  while (chosen.size < count) chosen.add(items[Math.floor(random() * items.length)])
  return [...chosen]
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
