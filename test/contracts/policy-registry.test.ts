import { keccak256, toHex, zeroHash } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { publishPolicy } from '../../shared/chain/publish-policy.ts'
import { readActivePolicy } from '../../shared/chain/read-active-policy.ts'
import type { PublishedPolicy } from '../../shared/chain/read-policy.ts'
import { windowStart } from '../../shared/protocol/schedule.ts'
import { createSubnet, type TestSubnet, testConfig } from './subnet.ts'

const { startDelayBlocks, ...phases } = { ...testConfig.schedule, startDelayBlocks: 100 }
const schedule = { ...phases, startBlock: BigInt(startDelayBlocks) }
const refusal = (error: string) => ({ details: { error } })

const first: PublishedPolicy = {
  manifestHash: keccak256(toHex('first')),
  parent: zeroHash,
  environmentId: keccak256(toHex('word-problems')),
  environmentHash: keccak256(toHex('parameters')),
  activationWindow: 0,
  uri: 'https://models.example/first',
}
const child = { ...first, manifestHash: keccak256(toHex('child')), parent: first.manifestHash }

let subnet: TestSubnet
beforeEach(async () => {
  subnet = await createSubnet({ ...testConfig, schedule: { ...phases, startDelayBlocks } })
})

describe('PolicyRegistry', () => {
  it('has no policy before the first is published', async () => {
    await expect(readActivePolicy(subnet, 0)).rejects.toMatchObject(refusal('NoActivePolicy'))
  })

  it('uses a policy from its activation window on', async () => {
    await publishPolicy(subnet, first)
    await publishPolicy(subnet, { ...child, activationWindow: 3 })
    expect(await readActivePolicy(subnet, 0)).toEqual(first)
    expect(await readActivePolicy(subnet, 2)).toEqual(first)
    expect(await readActivePolicy(subnet, 3)).toEqual({ ...child, activationWindow: 3 })
    expect(await readActivePolicy(subnet, 99)).toEqual({ ...child, activationWindow: 3 })
  })

  it('publishes once when asked twice, and refuses other terms for the same manifest', async () => {
    await publishPolicy(subnet, first)
    const block = await subnet.block()
    await publishPolicy(subnet, first)
    expect(await subnet.block()).toBe(block)
    const changed = publishPolicy(subnet, { ...first, uri: 'https://elsewhere.example' })
    await expect(changed).rejects.toMatchObject({ code: 'POLICY_CONFLICT' })
  })

  it('never changes the policy of a window that has begun, nor one before the latest announced', async () => {
    await publishPolicy(subnet, first)
    await subnet.advanceTo(windowStart(schedule, 2))
    const now = publishPolicy(subnet, { ...child, activationWindow: 2 })
    await expect(now).rejects.toMatchObject(refusal('ActivationTooEarly'))
    await publishPolicy(subnet, { ...child, activationWindow: 5 })
    const grandchild = { ...first, manifestHash: keccak256(toHex('grandchild')), parent: child.manifestHash }
    const before = publishPolicy(subnet, { ...grandchild, activationWindow: 4 })
    await expect(before).rejects.toMatchObject(refusal('ActivationTooEarly'))
  })

  it('uses the later of two policies that were announced for one window', async () => {
    await publishPolicy(subnet, first)
    await publishPolicy(subnet, child)
    expect(await readActivePolicy(subnet, 0)).toEqual(child)
  })

  it('links every policy to a known parent', async () => {
    await expect(publishPolicy(subnet, child)).rejects.toMatchObject(refusal('ParentUnknown'))
    await publishPolicy(subnet, first)
    const orphan = publishPolicy(subnet, { ...child, parent: zeroHash, activationWindow: 1 })
    await expect(orphan).rejects.toMatchObject(refusal('ParentUnknown'))
    const nameless = publishPolicy(subnet, { ...child, manifestHash: zeroHash, activationWindow: 1 })
    await expect(nameless).rejects.toMatchObject(refusal('ManifestHashZero'))
  })

  it('takes policies from the learner only', async () => {
    const stranger = subnet.as(await subnet.createAccount('stranger'))
    await expect(publishPolicy(stranger, first)).rejects.toMatchObject(refusal('AccessManagedUnauthorized'))
  })
})
