import { afterAll, beforeAll, expect, it } from 'vitest'
import { forgeShortcuts } from '../../../../cli/devnet/adversaries/forge-shortcuts.ts'
import { believeBundle } from '../../../../cli/devnet/believe-bundle.ts'
import { admitBundle, type Delivery } from '../../../../learner/admit-bundle.ts'
import { advantagesOf } from '../../../../learner/advantages.ts'
import { DEFAULT_RECIPE } from '../../../../learner/recipe.ts'
import type { Policy } from '../../../../model/policy.ts'
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

it('nothing that it declares is false: only the tokens were not owed', async () => {
  const { groups, refused } = await admitBundle(policy, delivery)
  expect(groups).toEqual([])
  expect(new Set(refused.map(({ rejection }) => rejection.reason))).toEqual(new Set(['TOKEN_NOT_OWED']))
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
