import fc from 'fast-check'
import { expect, it } from 'vitest'
import { advantagesOf } from '../../../learner/advantages.ts'
import { mixSwarm } from '../../../learner/mix-swarm.ts'
import { DEFAULT_RECIPE } from '../../../learner/recipe.ts'
import { admittedGroup, admittedGroups } from './admitted-groups.ts'

const { signal } = DEFAULT_RECIPE
const seed = (byte: number) => new Uint8Array(32).fill(byte)

it('takes the configured mix, or all there is of a side, and nothing that teaches nothing', () => {
  fc.assert(
    fc.property(admittedGroups, fc.nat(8), fc.nat(8), fc.nat(255), (groups, own, others, byte) => {
      const chosen = mixSwarm(groups, 1, { own, others }, signal, seed(byte))
      const teaching = groups.filter((group) => advantagesOf(group, signal) !== null)
      const mine = teaching.filter(({ miner }) => miner === 1).length
      const count = (wanted: boolean) => chosen.filter(({ miner }) => (miner === 1) === wanted).length
      expect(count(true)).toBe(Math.min(own, mine))
      expect(count(false)).toBe(Math.min(others, teaching.length - mine))
      expect(new Set(chosen).size).toBe(chosen.length)
      for (const group of chosen) expect(teaching).toContain(group)
      expect(mixSwarm(groups.toReversed(), 1, { own, others }, signal, seed(byte))).toEqual(chosen)
    }),
    { seed: 4 },
  )
})

it('favours nobody: every group of the others is drawn equally often', () => {
  const groups = Array.from({ length: 6 }, (_, miner) => admittedGroup({ miner }, [0, 1]))
  const drawn = new Map<number, number>()
  for (let byte = 0; byte < 250; byte++) {
    for (const { miner } of mixSwarm(groups, 0, { own: 1, others: 2 }, signal, seed(byte))) {
      drawn.set(miner, (drawn.get(miner) ?? 0) + 1)
    }
  }
  expect(drawn.get(0)).toBe(250)
  for (let miner = 1; miner < 6; miner++) {
    expect(drawn.get(miner)).toBeGreaterThan(75)
    expect(drawn.get(miner)).toBeLessThan(125)
  }
})
