import { type Hex, hexToBytes } from 'viem'
import { createDraw } from './draw.ts'
import type { Rules } from './rules.ts'
import { childSeed } from './seed.ts'

/** One rollout of a miner's window. */
export interface RolloutIndex {
  readonly group: number
  readonly rollout: number
}

/** Rollouts in the shared sample out of `total`: the rate, at least the floor, at most all. */
export function auditCount(total: number, rules: Pick<Rules, 'auditRatePpm' | 'auditFloor'>): number {
  return Math.min(total, Math.max(rules.auditFloor, Math.ceil((total * rules.auditRatePpm) / 1_000_000)))
}

/**
 * The sample that every validator audits: it makes their scores comparable.
 * Unknown to the miner when it commits, since A_w comes from a later beacon.
 */
export function sharedSample(auditSeedHex: Hex, miner: number, groups: number, rules: Rules): RolloutIndex[] {
  const total = groups * rules.groupSize
  return pick(
    childSeed('shared sample', auditSeedHex, miner),
    total,
    auditCount(total, rules),
    rules.groupSize,
  )
}

/** Rollouts in a validator's own sample: one for every four of the shared one's. */
export function ownCount(total: number, rules: Pick<Rules, 'auditRatePpm' | 'auditFloor'>): number {
  return Math.ceil(auditCount(total, rules) / 4)
}

/**
 * The sample that is this validator's alone: it makes each validator's work its own, and a copied row useless.
 * It is what evidence covers, so it depends on nothing that only this validator knows, such as its suspicions.
 */
export function ownSample(
  auditSeedHex: Hex,
  validator: number,
  miner: number,
  groups: number,
  rules: Rules,
): RolloutIndex[] {
  const total = groups * rules.groupSize
  return pick(
    childSeed('own sample', auditSeedHex, validator, miner),
    total,
    ownCount(total, rules),
    rules.groupSize,
  )
}

/** Which of a rollout's positions have their sketch compared; ascending. */
export function sketchPositions(
  auditSeedHex: Hex,
  miner: number,
  { group, rollout }: RolloutIndex,
  length: number,
  rules: Pick<Rules, 'sketchPositions'>,
): number[] {
  const seed = childSeed('positions', auditSeedHex, miner, group, rollout)
  return chooseDistinct(seed, length, Math.min(length, rules.sketchPositions))
}

function pick(seed: Hex, total: number, count: number, groupSize: number): RolloutIndex[] {
  return chooseDistinct(seed, total, count).map((index) => ({
    group: Math.floor(index / groupSize),
    rollout: index % groupSize,
  }))
}

/** `count` distinct integers below `total`, ascending, by a Fisher–Yates shuffle cut short. */
function chooseDistinct(seed: Hex, total: number, count: number): number[] {
  const draw = createDraw(hexToBytes(seed))
  const moved = new Map<number, number>()
  const chosen: number[] = []
  for (let i = 0; i < count; i++) {
    const j = i + draw.below(total - i)
    chosen.push(moved.get(j) ?? j)
    moved.set(j, moved.get(i) ?? i)
  }
  return chosen.sort((a, b) => a - b)
}
