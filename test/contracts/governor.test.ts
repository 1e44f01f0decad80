import { createRequire } from 'node:module'
import { type Abi, type Address, keccak256, toEventSignature, toFunctionSignature, toHex } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { paramsAbi, subnetGovernorAbi, subnetTimelockAbi, subnetTokenAbi } from '../../shared/chain/abi.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import type { Action } from '../../shared/chain/governance/action.ts'
import {
  delegateCall,
  executeCall,
  proposeCall,
  queueCall,
  type Support,
  voteCall,
} from '../../shared/chain/governance/calls.ts'
import { grantLearnerAction, setRulesAction } from '../../shared/chain/governance/draw-up.ts'
import { proposalId } from '../../shared/chain/governance/proposal-id.ts'
import { readLatestRules } from '../../shared/chain/governance/read-latest-rules.ts'
import { readProposal } from '../../shared/chain/governance/read-proposal.ts'
import { withChanges } from '../../shared/chain/governance/rule-changes.ts'
import { readRules } from '../../shared/chain/read-rules.ts'
import { type AnyCall, sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'
import { createSubnet, oneToken, type TestSubnet, testConfig } from './subnet.ts'

const require = createRequire(import.meta.url)
const { governance: terms, schedule } = testConfig
const epochBlocks = schedule.epochWindows * schedule.windowBlocks
const refusal = (error: string) => ({ details: { error } })

let subnet: TestSubnet
let alice: ChainContext
let bob: ChainContext
beforeEach(async () => {
  subnet = await createSubnet({ ...testConfig, schedule: { ...schedule, startDelayBlocks: 100 } })
  alice = await holder('alice', 60_000n * oneToken)
  bob = await holder('bob', 50_000n * oneToken)
  await sendTransaction(alice, delegateCall(alice, addressOf(alice)))
  await sendTransaction(bob, delegateCall(bob, addressOf(bob)))
})

const addressOf = (chain: ChainContext): Address => signerOf(chain).account.address

async function holder(name: string, tokens: bigint): Promise<ChainContext> {
  const account = subnet.as(await subnet.createAccount(name))
  await transfer(subnet, addressOf(account), tokens)
  return account
}

function transfer(from: ChainContext, to: Address, amount: bigint) {
  return sendTransaction(from, {
    address: subnet.deployment.contracts.token,
    abi: subnetTokenAbi,
    functionName: 'transfer',
    args: [to, amount],
  })
}

async function rulesAction(change: Record<string, string>): Promise<Action> {
  const rules = withChanges(await readLatestRules(subnet), new Map(Object.entries(change)))
  return setRulesAction(subnet.deployment.contracts, rules)
}

async function propose(actions: readonly Action[], description = 'because'): Promise<bigint> {
  await sendTransaction(alice, await proposeCall(alice, addressOf(alice), actions, description))
  return proposalId(actions, description)
}

async function vote(voter: ChainContext, id: bigint, support: Support) {
  const call = await voteCall(voter, addressOf(voter), await readProposal(voter, id), support, 'my reason')
  return sendTransaction(voter, call)
}

async function openVote(id: bigint) {
  await subnet.advanceTo((await readProposal(subnet, id)).snapshot + 1n)
}

async function closeVote(id: bigint) {
  await subnet.advanceTo((await readProposal(subnet, id)).deadline + 1n)
}

async function queue(id: bigint) {
  return sendTransaction(subnet, queueCall(subnet, await readProposal(subnet, id)))
}

async function execute(id: bigint) {
  return sendTransaction(subnet, await executeCall(subnet, await readProposal(subnet, id)))
}

async function passTimelock() {
  await subnet.rpc('evm_increaseTime', [terms.timelockSeconds])
  await subnet.rpc('hardhat_mine', ['0x1'])
}

async function pass(actions: readonly Action[]): Promise<bigint> {
  const id = await propose(actions)
  await openVote(id)
  await vote(alice, id, 'for')
  await vote(bob, id, 'for')
  await closeVote(id)
  await queue(id)
  await passTimelock()
  return id
}

it('answers as the standard governor does, so that voting front ends and explorers know it', async () => {
  const { abi: standard } = require('@openzeppelin/contracts/build/contracts/IGovernor.json') as { abi: Abi }
  const signatures = (abi: Abi) =>
    abi.flatMap((item) => {
      if (item.type === 'function') return [toFunctionSignature(item)]
      return item.type === 'event' ? [toEventSignature(item)] : []
    })
  expect(signatures(standard)).toHaveLength(36)
  expect(signatures(subnetGovernorAbi)).toEqual(expect.arrayContaining(signatures(standard)))
  const governor = { address: subnet.deployment.contracts.governor, abi: subnetGovernorAbi } as const
  const read = (functionName: 'CLOCK_MODE' | 'COUNTING_MODE' | 'token') =>
    subnet.publicClient.readContract({ ...governor, functionName })
  expect(await read('CLOCK_MODE')).toBe('mode=blocknumber&from=default')
  expect(await read('COUNTING_MODE')).toBe('support=bravo&quorum=for,abstain')
  expect(await read('token')).toBe(subnet.deployment.contracts.token)
})

describe('a proposal', () => {
  it('goes from votes through the timelock to rules that apply from the next epoch', async () => {
    await subnet.advanceTo(100n + 3n * BigInt(epochBlocks))
    const id = await propose([await rulesAction({ groupSize: '8' })], 'larger groups')
    expect(await readProposal(subnet, id)).toMatchObject({
      state: 'pending',
      proposer: addressOf(alice),
      description: 'larger groups',
    })
    await openVote(id)
    await vote(alice, id, 'for')
    await vote(bob, id, 'abstain')
    expect(await readProposal(subnet, id)).toMatchObject({
      state: 'active',
      votes: { for: 60_000n * oneToken, against: 0n, abstain: 50_000n * oneToken },
      quorum: 90_000n * oneToken,
    })
    await closeVote(id)
    await queue(id)
    expect((await readProposal(subnet, id)).state).toBe('queued')
    await passTimelock()
    await execute(id)
    const epoch = (await readProposal(subnet, id)).rulesFromEpoch as number
    const block = Number(await subnet.block())
    expect(epoch).toBe(Math.floor((block - 100) / epochBlocks) + 1)
    expect((await readRules(subnet, epoch - 1)).groupSize).toBe(4)
    expect((await readRules(subnet, epoch)).groupSize).toBe(8)
  })

  it('cannot be voted on early or late, twice, or queued and executed before its time', async () => {
    const id = await propose([await rulesAction({ groupSize: '8' })])
    await expect(vote(alice, id, 'for')).rejects.toMatchObject({
      code: 'PROPOSAL_NOT_READY',
      retryable: true,
    })
    await openVote(id)
    await vote(alice, id, 'for')
    await expect(vote(alice, id, 'against')).rejects.toMatchObject({ code: 'VOTED_ALREADY' })
    await vote(bob, id, 'for')
    await expect(queue(id)).rejects.toMatchObject({ code: 'PROPOSAL_NOT_READY', retryable: true })
    await closeVote(id)
    const late = await holder('carol', oneToken)
    await expect(vote(late, id, 'against')).rejects.toMatchObject({
      code: 'PROPOSAL_NOT_READY',
      retryable: false,
    })
    await queue(id)
    await expect(execute(id)).rejects.toMatchObject({ code: 'PROPOSAL_NOT_READY', retryable: true })
    const early: AnyCall = {
      address: subnet.deployment.contracts.governor,
      abi: subnetGovernorAbi,
      functionName: 'execute',
      args: [id],
    }
    await expect(sendTransaction(subnet, early)).rejects.toMatchObject(
      refusal('TimelockUnexpectedOperationState'),
    )
  })

  it('fails without quorum, and where more stand against it', async () => {
    const alone = await propose([await rulesAction({ groupSize: '8' })], 'alone')
    const opposed = await propose([await rulesAction({ groupSize: '16' })], 'opposed')
    const carol = await holder('carol', 120_000n * oneToken)
    await sendTransaction(carol, delegateCall(carol, addressOf(carol)))
    await openVote(opposed)
    await vote(alice, alone, 'for')
    for (const voter of [alice, bob]) await vote(voter, opposed, 'for')
    await subnet.rpc('hardhat_mine', ['0x1'])
    const { votes, quorum } = await readProposal(subnet, opposed)
    expect(votes.for).toBeGreaterThan(quorum)
    await vote(carol, opposed, 'against')
    await closeVote(opposed)
    expect((await readProposal(subnet, alone)).state).toBe('defeated')
    expect((await readProposal(subnet, opposed)).state).toBe('defeated')
    await expect(queue(alone)).rejects.toMatchObject({ code: 'PROPOSAL_NOT_READY', retryable: false })
  })

  it('stays open for longer when quorum is reached late', async () => {
    const id = await propose([await rulesAction({ groupSize: '8' })])
    const { deadline } = await readProposal(subnet, id)
    await openVote(id)
    await vote(alice, id, 'for')
    await subnet.advanceTo(deadline - 2n)
    const { blockNumber } = await vote(bob, id, 'for')
    expect((await readProposal(subnet, id)).deadline).toBe(blockNumber + BigInt(terms.lateQuorumBlocks))
  })

  it('cannot be decided with votes that were borrowed after its snapshot', async () => {
    const id = await propose([await rulesAction({ groupSize: '8' })])
    await openVote(id)
    const borrower = await holder('borrower', 700_000n * oneToken)
    await sendTransaction(borrower, delegateCall(borrower, addressOf(borrower)))
    await expect(vote(borrower, id, 'for')).rejects.toMatchObject({ code: 'VOTES_NOT_DELEGATED' })
    const forced = sendTransaction(borrower, {
      address: subnet.deployment.contracts.governor,
      abi: subnetGovernorAbi,
      functionName: 'castVote',
      args: [id, 1],
    })
    await forced
    expect((await readProposal(subnet, id)).votes.for).toBe(0n)
  })

  it('needs votes that are enough and delegated', async () => {
    const poor = await holder('poor', oneToken)
    await sendTransaction(poor, delegateCall(poor, addressOf(poor)))
    const actions = [await rulesAction({ groupSize: '8' })]
    const first = proposeCall(poor, addressOf(poor), actions, 'x')
    await expect(first).rejects.toMatchObject({
      code: 'VOTES_TOO_FEW',
      details: { votes: oneToken, proposalThreshold: 100n * oneToken },
    })
    const rich = await holder('rich', 1_000n * oneToken)
    const second = proposeCall(rich, addressOf(rich), actions, 'x')
    await expect(second).rejects.toMatchObject({ code: 'VOTES_NOT_DELEGATED' })
  })

  it('that leaves the bounds is refused before the vote, and could not be executed after it', async () => {
    const actions = [await rulesAction({ kappa: '60000' })]
    const proposal = proposeCall(alice, addressOf(alice), actions, 'x')
    await expect(proposal).rejects.toMatchObject(refusal('RuleOutOfBounds'))
    await sendTransaction(alice, {
      address: subnet.deployment.contracts.governor,
      abi: subnetGovernorAbi,
      functionName: 'propose',
      args: [[actions[0].target], [0n], [actions[0].data], 'x'],
    })
    const id = proposalId(actions, 'x')
    await openVote(id)
    await vote(alice, id, 'for')
    await vote(bob, id, 'for')
    await closeVote(id)
    await queue(id)
    await passTimelock()
    await expect(execute(id)).rejects.toMatchObject(refusal('RuleOutOfBounds'))
    expect((await readLatestRules(subnet)).kappa).toBe(testConfig.rules.kappa)
  })

  it('can be taken back by its proposer before the vote, and stopped in the timelock by a canceller', async () => {
    const cancel = (by: ChainContext, id: bigint) =>
      sendTransaction(by, {
        address: subnet.deployment.contracts.governor,
        abi: subnetGovernorAbi,
        functionName: 'cancel',
        args: [id],
      })
    const early = await propose([await rulesAction({ groupSize: '8' })], 'early')
    await expect(cancel(bob, early)).rejects.toMatchObject(refusal('GovernorUnableToCancel'))
    await cancel(alice, early)
    expect((await readProposal(subnet, early)).state).toBe('canceled')

    const { timelock } = subnet.deployment.contracts
    const canceller = keccak256(toHex('CANCELLER_ROLE'))
    await sendTransaction(subnet.administrator, {
      address: timelock,
      abi: subnetTimelockAbi,
      functionName: 'grantRole',
      args: [canceller, addressOf(bob)],
    })
    const id = await propose([await rulesAction({ groupSize: '16' })], 'later')
    await openVote(id)
    await vote(alice, id, 'for')
    await vote(bob, id, 'for')
    await closeVote(id)
    const { logs } = await queue(id)
    const operation = logs[0].topics[1] as `0x${string}`
    await sendTransaction(bob, {
      address: timelock,
      abi: subnetTimelockAbi,
      functionName: 'cancel',
      args: [operation],
    })
    expect((await readProposal(subnet, id)).state).toBe('canceled')
  })

  it('that was drawn up against rules replaced meanwhile cannot undo them', async () => {
    const first = [await rulesAction({ groupSize: '8' })]
    const second = [await rulesAction({ maxGroups: '50' })]
    await subnet.advanceTo(100n)
    await execute(await pass(first))
    const id = await pass(second).catch((error) => error)
    expect(id).toMatchObject(refusal('RulesReplaced'))
  })

  it('can hand the learner role to someone else', async () => {
    const action = grantLearnerAction(subnet.deployment.contracts, addressOf(bob))
    await execute(await pass([action]))
    expect(await readProposal(subnet, proposalId([action], 'because'))).toMatchObject({
      state: 'executed',
      rulesFromEpoch: null,
    })
  })

  it('is the only way in: the timelock sets rules, and nobody else', async () => {
    const rules = await readLatestRules(subnet)
    const direct = sendTransaction(alice, {
      address: subnet.deployment.contracts.params,
      abi: paramsAbi,
      functionName: 'setRules',
      args: [rules],
    })
    await expect(direct).rejects.toMatchObject(refusal('NotTimelock'))
  })
})
