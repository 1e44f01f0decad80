import { type Hex, keccak256, toHex, zeroHash } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { accessManagerAbi, policyRegistryAbi, stakeRegistryAbi } from '../../shared/chain/abi.ts'
import { learnerRole } from '../../shared/chain/access-roles.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { objectPolicy } from '../../shared/chain/object-policy.ts'
import { publishPolicy } from '../../shared/chain/publish-policy.ts'
import { readActivePolicy } from '../../shared/chain/read-active-policy.ts'
import { readChallenge } from '../../shared/chain/read-challenge.ts'
import { readObjections } from '../../shared/chain/read-objections.ts'
import { readPendingPolicies } from '../../shared/chain/read-pending-policies.ts'
import { sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'
import { windowStart } from '../../shared/protocol/schedule.ts'
import { firstPolicy as first, updateOf } from './policies.ts'
import { createSubnet, oneToken, type TestSubnet, testConfig } from './subnet.ts'

const { startDelayBlocks, ...phases } = { ...testConfig.schedule, startDelayBlocks: 160 }
const challengeBlocks = BigInt(testConfig.challengeBlocks)
const refusal = (error: string) => ({ details: { error } })
const hash = (name: string) => keccak256(toHex(name))
const child = updateOf(first, 'child', 1)

type Member = Awaited<ReturnType<TestSubnet['register']>>
let subnet: TestSubnet
/** Each with the same stake, all of it there from the start. */
let validators: Member[]
let miner: Member
let schedule: Parameters<typeof windowStart>[0]
beforeEach(() => setUp(['a', 'b', 'c', 'd']))

async function setUp(names: readonly string[]) {
  subnet = await createSubnet({ ...testConfig, schedule: { ...phases, startDelayBlocks } })
  schedule = { ...phases, startBlock: BigInt(subnet.deployment.startBlock) }
  validators = []
  for (const name of names) {
    validators.push(await subnet.register('validator', name, 100n * oneToken))
  }
  miner = await subnet.register('miner', 'm', 1_000n * oneToken)
  await publishPolicy(subnet, first)
  await subnet.advanceTo(windowStart(schedule, 0) + 1n)
  await publishPolicy(subnet, child)
}

/** Sends the call as it is, without the action's look at the chain. */
async function object(from: ChainContext, manifestHash: Hex, ownHash: Hex) {
  const { gasUsed } = await sendTransaction(from, {
    address: from.deployment.contracts.policyRegistry,
    abi: policyRegistryAbi,
    functionName: 'object',
    args: [manifestHash, ownHash],
  })
  return gasUsed
}

/** By two of four validators: more than a third. */
async function reject(manifestHash: Hex) {
  for (const { hotKey } of validators.slice(0, 2)) await objectPolicy(hotKey, manifestHash, hash('mine'))
}

/** As a vote would: the timelock is learner for the one call. */
async function publishByVote(policy: typeof first) {
  const { accessManager } = subnet.deployment.contracts
  const { address } = signerOf(subnet.administrator).account
  await sendTransaction(subnet.administrator, {
    address: accessManager,
    abi: accessManagerAbi,
    functionName: 'grantRole',
    args: [learnerRole, address, 0],
  })
  await publishPolicy(subnet.administrator, policy)
}

describe('objections', () => {
  it('of more than a third of the stake reject a policy, whatever their own hashes', async () => {
    await objectPolicy(validators[0].hotKey, child.manifestHash, hash('mine'))
    expect(await readActivePolicy(subnet, 1)).toEqual(child)
    await objectPolicy(validators[1].hotKey, child.manifestHash, hash('another'))
    expect(await readActivePolicy(subnet, 1)).toEqual(first)
    expect(await readPendingPolicies(subnet)).toEqual([])
    expect(await readChallenge(subnet, child.manifestHash)).toMatchObject({
      rejected: true,
      objectingStake: 200n * oneToken,
      activeStake: 400n * oneToken,
    })
  })

  it('of a third and no more reject nothing', async () => {
    await setUp(['a', 'b', 'c'])
    await objectPolicy(validators[0].hotKey, child.manifestHash, hash('mine'))
    expect(await readChallenge(subnet, child.manifestHash)).toMatchObject({
      rejected: false,
      objectingStake: 100n * oneToken,
      activeStake: 300n * oneToken,
    })
    expect(await readActivePolicy(subnet, 1)).toEqual(child)
  })

  it('tell what each validator got, and how much stake agrees', async () => {
    await objectPolicy(validators[0].hotKey, child.manifestHash, hash('mine'))
    await objectPolicy(validators[1].hotKey, child.manifestHash, hash('mine'))
    const stake = 100n * oneToken
    expect(await readObjections(subnet, child.manifestHash)).toEqual([
      { validatorUid: 0, ownHash: hash('mine'), stake },
      { validatorUid: 1, ownHash: hash('mine'), stake },
    ])
    const agreeing = (ownHash: Hex) =>
      subnet.publicClient.readContract({
        address: subnet.deployment.contracts.policyRegistry,
        abi: policyRegistryAbi,
        functionName: 'agreeingStake',
        args: [child.manifestHash, ownHash],
      })
    expect(await agreeing(hash('mine'))).toBe(2n * stake)
    expect(await agreeing(hash('other'))).toBe(0n)
  })

  it('are taken up to the last block of the challenge, which ends before the window begins', async () => {
    const { endBlock } = await readChallenge(subnet, child.manifestHash)
    expect(endBlock).toBeLessThanOrEqual(windowStart(schedule, 1))
    await subnet.advanceTo(endBlock - 2n)
    await object(validators[0].hotKey, child.manifestHash, hash('mine'))
    const late = object(validators[1].hotKey, child.manifestHash, hash('mine'))
    await expect(late).rejects.toMatchObject(refusal('ChallengeOver'))
  })

  it('are made once by each validator, even under a new hot key', async () => {
    const [{ hotKey, owner, identity }] = validators
    await objectPolicy(hotKey, child.manifestHash, hash('mine'))
    const block = await subnet.block()
    await objectPolicy(hotKey, child.manifestHash, hash('mine'))
    expect(await subnet.block()).toBe(block)
    const other = objectPolicy(hotKey, child.manifestHash, hash('other'))
    await expect(other).rejects.toMatchObject({ code: 'OBJECTION_CONFLICT' })

    const rotated = subnet.as(await subnet.createAccount('rotated'))
    await sendTransaction(owner, {
      address: subnet.deployment.contracts.stakeRegistry,
      abi: stakeRegistryAbi,
      functionName: 'rotateHotKey',
      args: [1, identity.uid, signerOf(rotated).account.address],
    })
    const again = object(rotated, child.manifestHash, hash('other'))
    await expect(again).rejects.toMatchObject(refusal('AlreadyObjected'))
  })

  it('are taken from active validators only, under their hot keys', async () => {
    const [{ owner, identity, hotKey }] = validators
    const stranger = subnet.as(await subnet.createAccount('stranger'))
    await sendTransaction(owner, {
      address: subnet.deployment.contracts.stakeRegistry,
      abi: stakeRegistryAbi,
      functionName: 'requestUnstake',
      args: [1, identity.uid],
    })
    for (const from of [hotKey, owner, miner.hotKey, stranger]) {
      const refused = object(from, child.manifestHash, hash('mine'))
      await expect(refused).rejects.toMatchObject(refusal('NotActiveValidator'))
    }
  })

  it('weigh what counted when the policy was published: stake that comes for them stops nothing', async () => {
    const flash = await subnet.register('validator', 'flash', 10_000n * oneToken)
    const bought = object(flash.hotKey, child.manifestHash, hash('mine'))
    await expect(bought).rejects.toMatchObject(refusal('StakeDoesNotCount'))
    await object(validators[0].hotKey, child.manifestHash, hash('mine'))
    expect(await readChallenge(subnet, child.manifestHash)).toMatchObject({
      rejected: false,
      objectingStake: 100n * oneToken,
      activeStake: 400n * oneToken,
    })
  })

  it('name another checkpoint than the published one', async () => {
    for (const ownHash of [zeroHash, child.manifestHash]) {
      const same = object(validators[0].hotKey, child.manifestHash, ownHash)
      await expect(same).rejects.toMatchObject(refusal('OwnHashInvalid'))
    }
    await object(validators[0].hotKey, child.manifestHash, child.parent)
  })

  it('are not taken where there is nothing to recompute, nor to nothing', async () => {
    const founders = object(validators[0].hotKey, first.manifestHash, hash('mine'))
    await expect(founders).rejects.toMatchObject(refusal('NothingToRecompute'))
    const voted = { ...updateOf(first, 'voted', 1), recordHash: zeroHash }
    await publishByVote(voted)
    expect(await readPendingPolicies(subnet)).toEqual([child])
    const veto = object(validators[0].hotKey, voted.manifestHash, hash('mine'))
    await expect(veto).rejects.toMatchObject(refusal('NothingToRecompute'))
    const unknown = object(validators[0].hotKey, hash('unknown'), hash('mine'))
    await expect(unknown).rejects.toMatchObject(refusal('PolicyUnknown'))
  })
})

describe('a rejected policy', () => {
  it('takes all that was built on it with it, and the learner goes on from what stands', async () => {
    const grandchild = updateOf(child, 'grandchild', 1)
    await publishPolicy(subnet, grandchild)
    expect(await readActivePolicy(subnet, 1)).toEqual(grandchild)
    await reject(child.manifestHash)
    expect(await readActivePolicy(subnet, 1)).toEqual(first)
    expect(await readActivePolicy(subnet, 200)).toEqual(first)
    expect(await readChallenge(subnet, grandchild.manifestHash)).toMatchObject({ rejected: true })
    const more = object(validators[2].hotKey, grandchild.manifestHash, hash('mine'))
    await expect(more).rejects.toMatchObject(refusal('AlreadyRejected'))

    const better = updateOf(first, 'better', 1)
    await publishPolicy(subnet, better)
    expect(await readActivePolicy(subnet, 1)).toEqual(better)
  })

  it('leaves the parent of a rejected child alone', async () => {
    const grandchild = updateOf(child, 'grandchild', 1)
    await publishPolicy(subnet, grandchild)
    await reject(grandchild.manifestHash)
    expect(await readActivePolicy(subnet, 1)).toEqual(child)
    expect(await readPendingPolicies(subnet)).toEqual([child])
  })

  it('leaves what a vote chose instead, and what is built on that', async () => {
    const voted = { ...updateOf(first, 'voted', 1), recordHash: zeroHash }
    await publishByVote(voted)
    const next = updateOf(voted, 'next', 2)
    await publishPolicy(subnet, next)
    await reject(child.manifestHash)
    expect(await readActivePolicy(subnet, 0)).toEqual(first)
    expect(await readActivePolicy(subnet, 1)).toEqual(voted)
    expect(await readActivePolicy(subnet, 2)).toEqual(next)
    expect(await readPendingPolicies(subnet)).toEqual([next])
  })

  it('is never published again, nor built upon, by the learner or by vote', async () => {
    await reject(child.manifestHash)
    await expect(publishPolicy(subnet, child)).rejects.toMatchObject({ code: 'POLICY_REJECTED' })
    const { policyRegistry } = subnet.deployment.contracts
    const { manifestHash, parent, recordHash, environmentId, environmentHash, uri } = child
    const again = sendTransaction(subnet, {
      address: policyRegistry,
      abi: policyRegistryAbi,
      functionName: 'publish',
      args: [manifestHash, parent, recordHash, environmentId, environmentHash, 2n, uri],
    })
    await expect(again).rejects.toMatchObject(refusal('PolicyExists'))
    const heir = updateOf(child, 'heir', 2)
    await expect(publishPolicy(subnet, heir)).rejects.toMatchObject(refusal('ParentRejected'))
    const voted = publishByVote({ ...heir, recordHash: zeroHash })
    await expect(voted).rejects.toMatchObject(refusal('ParentRejected'))
  })

  it('makes room: a learner that floods has no more pending at a time, and validators stop each', async () => {
    let latest = child
    for (const name of ['second', 'third', 'fourth']) {
      const wrong = updateOf(latest, name, 1)
      await publishPolicy(subnet, wrong)
      const excess = publishPolicy(subnet, updateOf(wrong, `${name} more`, 1))
      await expect(excess).rejects.toMatchObject(refusal('TooManyPending'))
      await reject(wrong.manifestHash)
      expect(await readActivePolicy(subnet, 1)).toEqual(child)
      latest = child
    }
  })
})

// Instruments of coverage cost gas.
it.skipIf(process.env.HARDHAT_COVERAGE === 'true')(
  'publishing costs at most 255k gas; of four validators the first to object pays 200k, the next 140k',
  async () => {
    await subnet.advanceTo((await subnet.block()) + challengeBlocks)
    const { policyRegistry } = subnet.deployment.contracts
    const { manifestHash, parent, recordHash, environmentId, environmentHash, uri } = updateOf(
      child,
      'cost',
      2,
    )
    const { gasUsed: publishing } = await sendTransaction(subnet, {
      address: policyRegistry,
      abi: policyRegistryAbi,
      functionName: 'publish',
      args: [manifestHash, parent, recordHash, environmentId, environmentHash, 2n, uri],
    })
    const [one, another] = validators
    const counting = await object(one.hotKey, manifestHash, hash('mine'))
    const adding = await object(another.hotKey, manifestHash, hash('mine'))
    expect(publishing).toBeLessThanOrEqual(255_000n)
    expect(counting).toBeLessThanOrEqual(200_000n)
    expect(adding).toBeLessThanOrEqual(140_000n)
  },
)
