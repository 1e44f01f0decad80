import { expect, it } from 'vitest'
import type { Evaluator } from '../../../../cli/learn/evaluator.ts'
import { watchLearning } from '../../../../cli/learn/watch-learning.ts'

const hash = (digit: string) => `0x${digit.repeat(64)}` as const
const published = (window: number, policy: string, steps: number) => ({
  message: 'published update',
  ...{ window, policy, parent: hash('0'), steps, groups: 32 * steps, rollouts: 256 * steps },
  ...{ tokens: 1, refusedBundles: 0, loss: 0.1, gradientNorm: 0.5, trainMs: 1, admitMs: 1, level: 'info' },
})

/** Answers at once; every policy passes a share that its hash gives away. */
const asked: string[] = []
const evaluator: Evaluator = {
  async evaluate(policy, problems, how) {
    asked.push(`${policy.slice(0, 3)} ${problems} ${how}`)
    return { problems, passRate: Number(policy[2]) / 10, standardError: 0.01, meanReward: 0, tokens: 1 }
  },
  close: async () => {},
}

it('asks every policy once on the way, the first and the last in full', async () => {
  const watch = watchLearning(evaluator, hash('0'), 2048)
  watch.onEvent(published(0, hash('2'), 4))
  watch.onEvent(published(1, hash('3'), 5))
  expect((await watch.before).sampled.passRate).toBe(0)
  const after = await watch.finish(hash('3'))
  expect(after.greedy.passRate).toBe(0.3)
  expect(asked).toEqual([
    ...['0x0 2048 sampled', '0x0 2048 greedy', '0x2 512 sampled', '0x3 512 sampled'],
    ...['0x3 2048 sampled', '0x3 2048 greedy'],
  ])
  expect(
    watch.curve.map(({ steps, rollouts, passRate, problems }) => [steps, rollouts, passRate, problems]),
  ).toEqual([
    [0, 0, 0, 2048],
    [4, 1024, 0.2, 512],
    [9, 2304, 0.3, 2048],
  ])
})

it('knows from the log which windows are learnt', () => {
  const watch = watchLearning(evaluator, hash('0'), 8)
  watch.onEvent({ message: 'collected window', window: 0 })
  watch.onEvent({ message: 'refused bundle', window: 0, miner: 4, reason: 'sampling: TOKEN_NOT_OWED' })
  expect(watch.isLearnt(0)).toBe(false)
  watch.onEvent(published(0, hash('2'), 4))
  expect([watch.isLearnt(0), watch.isLearnt(1)]).toEqual([true, false])
  watch.onEvent({ message: 'discarded update', window: 1, code: 'TRAINING_DIVERGED', why: 'loss NaN' })
  expect(watch.isLearnt(1)).toBe(true)
  watch.onEvent({ message: 'waiting for groups', window: 2, why: 'nobody answered' })
  expect(watch.isLearnt(2)).toBe(true)
})

it('keeps to itself that a learner which has just published finds nothing more', () => {
  const watch = watchLearning(evaluator, hash('0'), 8)
  watch.onEvent(published(0, hash('2'), 4))
  watch.onEvent({ message: 'waiting for groups', window: 0, why: '0 of 0' })
  expect(watch.events).toHaveLength(1)
})

it('says how far an update is until it is published, and takes no step for the end of a window', () => {
  const watch = watchLearning(evaluator, hash('0'), 8)
  watch.onEvent({ message: 'took step', window: 0, taken: 3, of: 4 })
  expect(watch.underWay()).toEqual(['window 1: training, step 3 of 4'])
  expect(watch.isLearnt(0)).toBe(false)
  watch.onEvent(published(0, hash('2'), 4))
  expect(watch.underWay()).toEqual([])
})
