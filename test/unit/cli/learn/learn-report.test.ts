import { describe, expect, it } from 'vitest'
import { firstShortfall, reportOf } from '../../../../cli/learn/learn-report.ts'

const standing = (passRate: number, greedy: number) => {
  const found = { problems: 2048, standardError: 0.01, meanReward: 0, tokens: 1 }
  return { sampled: { ...found, passRate }, greedy: { ...found, passRate: greedy } }
}
const group = (miner: number, index: number) => ({
  window: 0,
  miner,
  group: index,
  policy: `0x${'11'.repeat(32)}` as const,
  leaf: `0x${'22'.repeat(32)}` as const,
})
const step = { groups: 2, rows: 16, tokens: 300, loss: 0, gradientNorm: 1 }
const records = [
  { groups: [group(0, 0), group(0, 1), group(2, 0)], steps: [step, { ...step, groups: 1, rows: 8 }] },
  { groups: [group(1, 3), group(2, 5)], steps: [step] },
]
const run = {
  values: { environment: 'word-problems', noVerify: false, seed: 3, evalSeed: 4, problems: 2048 },
  windows: 2,
  participants: [
    { role: 'miner', behaviour: 'honest', uid: 0 },
    { role: 'miner', behaviour: 'honest', uid: 1 },
    { role: 'miner', behaviour: 'shortcut', uid: 2 },
    { role: 'validator', behaviour: 'honest', uid: 2 },
  ],
  records,
  before: standing(0.125, 0.5),
  after: standing(0.5, 0.625),
  refusedBundles: 1,
  replays: { replays: 2, equal: 2, objected: 0, cpuSeconds: 12 },
  cpuSecondsBy: { chain: 60, learner: 40 },
  wallSeconds: 60,
  curve: [],
} as const

it('adds up what the records say', () => {
  expect(reportOf(run)).toMatchObject({
    ...{ verified: true, miners: ['honest', 'honest', 'shortcut'], windows: 2, seed: 3, evalSeed: 4 },
    ...{ before: 0.125, after: 0.5, greedyBefore: 0.5, greedyAfter: 0.625, problems: 2048 },
    ...{ steps: 3, rollouts: 40, refusedBundles: 1, cpuSeconds: 100 },
  })
})

describe('rollouts of adversaries', () => {
  it('are counted by who the miner is', () => {
    expect(reportOf(run).poisonedRolloutsTrained).toBe(16)
  })

  it('are none where a validator has the uid of no cheat', () => {
    const participants = run.participants.filter(({ behaviour }) => behaviour === 'honest')
    expect(reportOf({ ...run, participants }).poisonedRolloutsTrained).toBe(0)
  })
})

describe('a run that falls short', () => {
  const report = { ...reportOf(run), poisonedRolloutsTrained: 0 }

  it('is one that trained on a rollout of an adversary in spite of verification', () => {
    expect(firstShortfall(report)).toBeNull()
    expect(firstShortfall({ ...report, poisonedRolloutsTrained: 8 })).toContain('8 rollouts of adversaries')
    expect(firstShortfall({ ...report, verified: false, poisonedRolloutsTrained: 8 })).toBeNull()
  })

  it('is one where a validator did not get what the learner published', () => {
    const replays = { replays: 2, equal: 1, objected: 1, cpuSeconds: 12 }
    expect(firstShortfall({ ...report, replays })).toContain('1 of 2 replays')
  })

  it('is one whose policy did not improve', () => {
    expect(firstShortfall({ ...report, after: report.before })).toContain('pass@1 went from 0.125 to 0.125')
  })
})
