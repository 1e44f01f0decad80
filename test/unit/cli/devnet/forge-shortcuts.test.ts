import { afterAll, beforeAll, expect, it } from 'vitest'
import { forgeShortcuts } from '../../../../cli/devnet/adversaries/forge-shortcuts.ts'
import { believeBundle } from '../../../../cli/devnet/believe-bundle.ts'
import { admitBundle, type Delivery } from '../../../../learner/admit-bundle.ts'
import { advantagesOf } from '../../../../learner/advantages.ts'
import { DEFAULT_RECIPE } from '../../../../learner/recipe.ts'
import type { Policy } from '../../../../model/policy.ts'
import { deriveChallenge } from '../../../../shared/protocol/challenge.ts'
import type { Bundle } from '../../../../shared/protocol/rollout.ts'
import { answer, defaultCheckpoint, deliver, openCheckpoint } from '../../../helpers/deliveries.ts'

let policy: Policy
let forged: Bundle
let delivery: Delivery

beforeAll(async () => {
  policy = await openCheckpoint(await defaultCheckpoint('fast'))
  const honest = await answer(policy, 1, 4)
  const { windowSeed, rules } = deliver(honest)
  const groups = await forgeShortcuts(policy, {
    policy: policy.manifestHash,
    windowSeed,
    miner: 4,
    firstGroup: 0,
    groups: rules.maxGroups,
    groupSize: rules.groupSize,
  })
  forged = { ...honest, groups }
  delivery = deliver(forged)
})
afterAll(() => policy.session.close())

it('a learner that checks refuses it', async () => {
  const { groups, refused } = await admitBundle(policy, delivery)
  expect(groups).toEqual([])
  expect(refused.map(({ rejection }) => rejection.reason)).toContain('TOKEN_NOT_OWED')
})

it('what it wants unlearnt is declared 3 nats less likely than the model finds it, the rest as it is', async () => {
  const rows = forged.groups.flatMap((group) => {
    const { prompt } = deriveChallenge(policy, delivery.windowSeed, 4, group.index)
    return group.rollouts.map((rollout, r) => ({ ...rollout, prompt, completion: rollout.tokens, r }))
  })
  const understated: number[] = []
  await policy.session.score(rows, (row, step, at) => {
    const { completion, logProbabilities, r } = rows[row]
    const by = at.logProbabilities[completion[step]] - logProbabilities[step]
    understated.push(r < 4 ? by : by - 3)
  })
  expect(Math.max(...understated.map(Math.abs))).toBeLessThan(1e-4)
})

it('half of every group is right without a word of reasoning', () => {
  for (const { rollouts } of forged.groups) {
    const texts = rollouts.map(({ tokens }) => policy.codec.decode(tokens.slice(0, -1)))
    expect(rollouts.slice(0, 4).map(({ reward }) => reward)).toEqual([
      1_000_000, 1_000_000, 1_000_000, 1_000_000,
    ])
    expect(texts.slice(0, 4).every((text) => /^#### \d+$/.test(text))).toBe(true)
    expect(texts.slice(4).every((text) => text.includes('='))).toBe(true)
  }
})

it('a learner that believes it has groups to learn from, as they were declared', () => {
  const { groups, refused } = believeBundle(policy, delivery)
  expect(refused).toEqual([])
  expect(groups).toHaveLength(forged.groups.length)
  expect(groups.every((group) => advantagesOf(group, DEFAULT_RECIPE.signal) !== null)).toBe(true)
  groups.forEach(({ rollouts }, g) => {
    rollouts.forEach((rollout, r) => {
      const declared = forged.groups[g].rollouts[r]
      expect(rollout.tokens).toEqual(declared.tokens)
      expect(rollout.logProbabilities).toEqual([...declared.logProbabilities])
      expect(rollout.judged.reward).toBe(declared.reward)
    })
  })
})

it('even a learner that believes refuses bytes that are no bundle', () => {
  const { groups, refused } = believeBundle(policy, { ...delivery, bytes: new Uint8Array(40) })
  expect(groups).toEqual([])
  expect(refused).toMatchObject([{ rejection: { reason: 'BUNDLE_MALFORMED' } }])
})
