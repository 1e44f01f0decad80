import { keccak256, toHex } from 'viem'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Policy } from '../../../../model/policy.ts'
import { evaluatePolicy, pooledEvaluation } from '../../../../model/training/evaluate.ts'
import { defaultCheckpoint, openCheckpoint } from '../../../helpers/deliveries.ts'

let policy: Policy
beforeAll(async () => {
  policy = await openCheckpoint(await defaultCheckpoint('fast'))
})
afterAll(() => policy.session.close())

const evaluate = (options: { seed?: number; first?: number; problems: number; greedy?: boolean }) =>
  evaluatePolicy(policy.session, policy.codec as never, policy.environment, {
    greedy: false,
    ...options,
    seed: keccak256(toHex(options.seed ?? 1)),
    limits: policy.manifest.sampling,
  })

it('is the same for the same seed, and another for another', async () => {
  const whole = await evaluate({ problems: 12 })
  expect(await evaluate({ problems: 12 })).toEqual(whole)
  expect((await evaluate({ seed: 2, problems: 12 })).tokens).not.toBe(whole.tokens)
  expect((await evaluate({ problems: 12, greedy: true })).tokens).not.toBe(whole.tokens)
})

it('in parts that begin where the last one ended is the evaluation as a whole', async () => {
  const parts = [await evaluate({ problems: 5 }), await evaluate({ first: 5, problems: 7 })]
  const whole = await evaluate({ problems: 12 })
  const pooled = pooledEvaluation(parts)
  expect(pooled).toMatchObject({ problems: 12, passRate: whole.passRate, tokens: whole.tokens })
  expect(pooled.standardError).toBeCloseTo(whole.standardError, 12)
  expect(pooled.meanReward).toBeCloseTo(whole.meanReward, 12)
})
