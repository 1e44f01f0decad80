import { SimpleMerkleTree } from '@openzeppelin/merkle-tree'
import { sha256 } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { admitBundle } from '../../../learner/admit-bundle.ts'
import type { Policy } from '../../../model/policy.ts'
import { encodeBundle, headerOf } from '../../../shared/protocol/bundle.ts'
import { commitmentOf, commitmentProof } from '../../../shared/protocol/commitment.ts'
import type { Bundle, Rollout } from '../../../shared/protocol/rollout.ts'
import type { Reason } from '../../../shared/protocol/verdict.ts'
import { answer, defaultCheckpoint, deliver, openCheckpoint, withRollout } from '../../helpers/deliveries.ts'

let policy: Policy
let honest: Bundle

beforeAll(async () => {
  policy = await openCheckpoint(await defaultCheckpoint('fast'))
  honest = await answer(policy, 1, 4)
})
afterAll(() => policy.session.close())

const otherToken = (token: number) => (token === 9 ? 10 : 9)
const FAULTS: [string, Reason, (rollout: Rollout) => Partial<Rollout>][] = [
  ['a token edited', 'TOKEN_NOT_OWED', ({ tokens }) => ({ tokens: tokens.with(3, otherToken(tokens[3])) })],
  [
    'one sketch of one position off',
    'SKETCH_MISMATCH',
    ({ sketches }) => ({ sketches: sketches.with(7, sketches[7] + 100) }),
  ],
  [
    'a log-probability made up',
    'LOG_PROBABILITY_MISMATCH',
    ({ logProbabilities }) => ({ logProbabilities: logProbabilities.with(2, -0.5) }),
  ],
  ['a reward made up', 'REWARD_MISMATCH', ({ reward }) => ({ reward: 1_000_000 - reward })],
  ['the wrong end', 'TERMINATION_FALSE', ({ finish }) => ({ finish: finish === 'end' ? 'length' : 'end' })],
]

describe('an honest bundle', () => {
  it('is admitted whole, with what the learner computed itself', async () => {
    const admission = await admitBundle(policy, deliver(honest))
    expect(admission).toMatchObject({ window: 1, miner: 4, refused: [] })
    expect(admission.groups.map(({ group }) => group)).toEqual([0, 1, 2])
    admission.groups.forEach((group, g) => {
      expect(group).toMatchObject({ window: 1, miner: 4, policy: policy.manifestHash })
      group.rollouts.forEach((rollout, r) => {
        const given = honest.groups[g].rollouts[r]
        expect(rollout.tokens).toEqual(given.tokens)
        expect(rollout.judged.reward).toBe(given.reward)
        expect(rollout.logProbabilities).toEqual([...given.logProbabilities])
      })
    })
  })

  it('names each group by the leaf that proves it against the committed root', async () => {
    const { root } = commitmentOf(honest)
    const { groups } = await admitBundle(policy, deliver(honest))
    expect(new Set(groups.map(({ leaf }) => leaf)).size).toBe(3)
    groups.forEach(({ leaf }, g) => {
      const proof = commitmentProof(headerOf(honest), sha256(encodeBundle(honest)), g)
      expect(SimpleMerkleTree.verify(root, leaf, proof)).toBe(true)
    })
  })
})

describe('a bundle with one bad rollout', () => {
  it.each(FAULTS)('%s is refused, and no group of it is trained on', async (_, reason, change) => {
    const { groups, refused } = await admitBundle(policy, deliver(withRollout(honest, 1, 2, change)))
    expect(groups).toEqual([])
    expect(refused.map(({ rejection, ...where }) => ({ ...where, reason: rejection.reason }))).toEqual([
      { group: 1, rollout: 2, reason },
    ])
  })
})

describe('a bundle that is not what the chain says', () => {
  const expectRefused = async (delivery: Parameters<typeof admitBundle>[1], reason: Reason) => {
    const { groups, refused } = await admitBundle(policy, delivery)
    expect(groups).toEqual([])
    expect(refused).toMatchObject([{ group: null, rollout: null, rejection: { reason } }])
  }

  it('is refused when it is no bundle', async () => {
    await expectRefused({ ...deliver(honest), bytes: new Uint8Array(40) }, 'BUNDLE_MALFORMED')
  })

  it('is refused when it answers the window of another miner', async () => {
    const { committed } = deliver(honest)
    await expectRefused(
      { ...deliver(honest), committed: { ...committed, miner: 5 } },
      'BUNDLE_OF_ANOTHER_WINDOW',
    )
  })

  it('is refused when it hashes to another root', async () => {
    const { bytes } = deliver(withRollout(honest, 0, 0, ({ reward }) => ({ reward: 1_000_000 - reward })))
    await expectRefused({ ...deliver(honest), bytes }, 'ROOT_MISMATCH')
  })

  it('is refused when it leaves out the group that went badly', async () => {
    await expectRefused(deliver({ ...honest, groups: honest.groups.slice(1) }), 'GROUPS_INCOMPLETE')
  })
})

it('uses no log-probability that a miner declared, not even one within the tolerance', async () => {
  const nudge = policy.manifest.numerics.logprobTolerance / 2
  const nudged = withRollout(honest, 0, 0, ({ logProbabilities }) => ({
    logProbabilities: logProbabilities.map((value) => value - nudge),
  }))
  const { groups } = await admitBundle(policy, deliver(nudged))
  expect(groups[0].rollouts[0].logProbabilities).toEqual([...honest.groups[0].rollouts[0].logProbabilities])
})

it('takes a policy that the bundle was not made for as a defect of the caller', async () => {
  const delivery = deliver({ ...honest, policy: `0x${'11'.repeat(32)}` })
  await expect(admitBundle(policy, delivery)).rejects.toThrow('another policy')
})
