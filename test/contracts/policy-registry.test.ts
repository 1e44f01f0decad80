import { keccak256, zeroHash } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { publishPolicy } from '../../shared/chain/publish-policy.ts'
import { readActivePolicy } from '../../shared/chain/read-active-policy.ts'
import { readPendingPolicies } from '../../shared/chain/read-pending-policies.ts'
import type { PublishedPolicy } from '../../shared/chain/read-policy.ts'
import { windowStart } from '../../shared/protocol/schedule.ts'
import { firstPolicy as first, updateOf } from './policies.ts'
import { createSubnet, type TestSubnet, testConfig } from './subnet.ts'

const { startDelayBlocks, ...phases } = { ...testConfig.schedule, startDelayBlocks: 100 }
const { challengeBlocks } = testConfig
const refusal = (error: string) => ({ details: { error } })
const child = updateOf(first, 'child', 1)

let subnet: TestSubnet
let schedule: Parameters<typeof windowStart>[0]
beforeEach(async () => {
  subnet = await createSubnet({ ...testConfig, schedule: { ...phases, startDelayBlocks } })
  schedule = { ...phases, startBlock: BigInt(subnet.deployment.startBlock) }
})

/** The first policy is in force, and window 0 runs. */
async function start() {
  await publishPolicy(subnet, first)
  await subnet.advanceTo(windowStart(schedule, 0) + 1n)
}

describe('PolicyRegistry', () => {
  it('has no policy before the first is published', async () => {
    await expect(readActivePolicy(subnet, 0)).rejects.toMatchObject(refusal('NoActivePolicy'))
  })

  it('uses a policy from its activation window on', async () => {
    await start()
    const later = { ...child, activationWindow: 3 }
    await publishPolicy(subnet, later)
    expect(await readActivePolicy(subnet, 0)).toEqual(first)
    expect(await readActivePolicy(subnet, 2)).toEqual(first)
    expect(await readActivePolicy(subnet, 3)).toEqual(later)
    expect(await readActivePolicy(subnet, 99)).toEqual(later)
  })

  it('publishes once when asked twice, and refuses other terms for the same manifest', async () => {
    await publishPolicy(subnet, first)
    const block = await subnet.block()
    await publishPolicy(subnet, first)
    expect(await subnet.block()).toBe(block)
    const changed = publishPolicy(subnet, { ...first, uri: 'https://elsewhere.example' })
    await expect(changed).rejects.toMatchObject({ code: 'POLICY_CONFLICT' })
  })

  it('takes a first policy without a record only, and an update with one only', async () => {
    const recorded = publishPolicy(subnet, { ...first, recordHash: keccak256('0x01') })
    await expect(recorded).rejects.toMatchObject(refusal('RecordHashUnexpected'))
    await start()
    const unrecorded = publishPolicy(subnet, { ...child, recordHash: zeroHash })
    await expect(unrecorded).rejects.toMatchObject(refusal('RecordHashZero'))
  })

  it('takes no update before the start: no stake counts that could object', async () => {
    await publishPolicy(subnet, first)
    const early = publishPolicy(subnet, child)
    await expect(early).rejects.toMatchObject(refusal('StartNotPassed'))
  })

  it('starts an update in no window that begins before its challenge is over', async () => {
    await start()
    await subnet.advanceTo(windowStart(schedule, 1) - BigInt(challengeBlocks) + 1n)
    const late = publishPolicy(subnet, child)
    await expect(late).rejects.toMatchObject(refusal('ActivationTooEarly'))
    await publishPolicy(subnet, { ...child, activationWindow: 2 })
  })

  it('takes an update for the next window up to one challenge before it', async () => {
    await start()
    await subnet.advanceTo(windowStart(schedule, 1) - BigInt(challengeBlocks) - 1n)
    await publishPolicy(subnet, child)
    expect(await readActivePolicy(subnet, 1)).toEqual(child)
  })

  it('takes one update in every window, and makes a learner that hurries wait', async () => {
    await start()
    let latest: PublishedPolicy = first
    for (const window of [1, 2, 3]) {
      latest = updateOf(latest, `in time for ${window}`, window)
      await publishPolicy(subnet, latest)
      await subnet.advanceTo(windowStart(schedule, window))
    }
    const second = updateOf(latest, 'second', 4)
    const third = updateOf(second, 'third', 4)
    const fourth = updateOf(third, 'fourth', 4)
    await publishPolicy(subnet, second)
    await publishPolicy(subnet, third)
    expect(await readPendingPolicies(subnet)).toEqual([second, third])
    await expect(publishPolicy(subnet, fourth)).rejects.toMatchObject(refusal('TooManyPending'))
    await subnet.advanceTo((await subnet.block()) + BigInt(challengeBlocks))
    expect(await readPendingPolicies(subnet)).toEqual([])
    await publishPolicy(subnet, fourth)
  })

  it('never goes behind the latest announced window, nor so far ahead that nobody could wait', async () => {
    await start()
    const later = { ...child, activationWindow: 5 }
    await publishPolicy(subnet, later)
    const before = publishPolicy(subnet, updateOf(later, 'grandchild', 4))
    await expect(before).rejects.toMatchObject(refusal('ActivationTooEarly'))
    const never = publishPolicy(subnet, updateOf(later, 'grandchild', 257))
    await expect(never).rejects.toMatchObject(refusal('ActivationTooLate'))
    await publishPolicy(subnet, updateOf(later, 'grandchild', 256))
  })

  it('uses the later of two policies that were announced for one window', async () => {
    await start()
    await publishPolicy(subnet, child)
    const grandchild = updateOf(child, 'grandchild', 1)
    await publishPolicy(subnet, grandchild)
    expect(await readActivePolicy(subnet, 1)).toEqual(grandchild)
  })

  it('links every policy to a known parent', async () => {
    await expect(publishPolicy(subnet, child)).rejects.toMatchObject(refusal('ParentUnknown'))
    await start()
    const orphan = publishPolicy(subnet, { ...child, parent: zeroHash })
    await expect(orphan).rejects.toMatchObject(refusal('ParentUnknown'))
    const nameless = publishPolicy(subnet, { ...child, manifestHash: zeroHash })
    await expect(nameless).rejects.toMatchObject(refusal('ManifestHashZero'))
  })

  it('does not let the learner go back to an old policy, or to another environment', async () => {
    await start()
    await publishPolicy(subnet, child)
    const back = publishPolicy(subnet, updateOf(first, 'another child', 1))
    await expect(back).rejects.toMatchObject(refusal('ParentNotLatest'))
    for (const change of [{ environmentId: keccak256('0x01') }, { environmentHash: keccak256('0x01') }]) {
      const elsewhere = publishPolicy(subnet, { ...updateOf(child, 'elsewhere', 1), ...change })
      await expect(elsewhere).rejects.toMatchObject(refusal('EnvironmentChanged'))
    }
  })

  it('takes policies from the learner only', async () => {
    const stranger = subnet.as(await subnet.createAccount('stranger'))
    await expect(publishPolicy(stranger, first)).rejects.toMatchObject(refusal('AccessManagedUnauthorized'))
  })

  it.each([1, 16 * phases.windowBlocks + 1])(
    'cannot be deployed with a challenge of %i blocks',
    async (blocks) => {
      await expect(createSubnet({ ...testConfig, challengeBlocks: blocks })).rejects.toMatchObject(
        refusal('ChallengeBlocksOutOfBounds'),
      )
    },
  )
})
