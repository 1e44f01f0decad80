import { keccak256, numberToHex } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import type { SubnetConfig } from '../../deploy/config.ts'
import { deploySubnet } from '../../deploy/deploy.ts'
import { firstRoundAfter } from '../../shared/beacon/rounds.ts'
import { rolloutLogAbi, stakeRegistryAbi } from '../../shared/chain/abi.ts'
import { askChain } from '../../shared/chain/ask-chain.ts'
import { closeWindow } from '../../shared/chain/close-window.ts'
import { commitRoot } from '../../shared/chain/commit-root.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { openWindow } from '../../shared/chain/open-window.ts'
import { readCommitment } from '../../shared/chain/read-commitment.ts'
import { readCommitments } from '../../shared/chain/read-commitments.ts'
import { readOpening } from '../../shared/chain/read-opening.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { submitRound } from '../../shared/chain/submit-round.ts'
import { commitDeadline, windowStart } from '../../shared/protocol/schedule.ts'
import { auditSeed, windowSeed } from '../../shared/protocol/seed.ts'
import { beaconChain, createSubnet, oneToken, signTestRound, type TestSubnet, testConfig } from './subnet.ts'

const { startDelayBlocks, ...phases } = { ...testConfig.schedule, startDelayBlocks: 100 }
const schedule = { ...phases, startBlock: BigInt(startDelayBlocks) }
const config = { ...testConfig, schedule: { ...phases, startDelayBlocks } }
const root = keccak256('0x01')
const commitment = { window: 0, root, groups: 3, rollouts: 12, uri: 'https://miner.example/bundle' }
const refusal = (error: string) => ({ details: { error } })

let subnet: TestSubnet
let miner: ChainContext
let owner: ChainContext
beforeEach(async () => {
  subnet = await createSubnet(config)
  const registered = await subnet.register('miner', 'a', 50n * oneToken)
  miner = registered.hotKey
  owner = registered.owner
})

async function openFirst() {
  await subnet.advanceTo(windowStart(schedule, 0) + 1n)
  return openWindow(subnet, 0)
}

async function timestampOf(blockNumber: bigint) {
  return (await subnet.publicClient.getBlock({ blockNumber })).timestamp
}

function read(functionName: 'windowSeed' | 'auditSeed') {
  const call = { address: subnet.deployment.contracts.rolloutLog, abi: rolloutLogAbi, functionName } as const
  return askChain(functionName, () => subnet.publicClient.readContract({ ...call, args: [0n] }))
}

describe('RolloutLog', () => {
  it('shows its schedule', async () => {
    expect(await readSchedule(subnet)).toEqual(schedule)
  })

  it('opens a window with its first block and the first round after the delay', async () => {
    const opening = await openFirst()
    const start = await subnet.publicClient.getBlock({ blockNumber: windowStart(schedule, 0) })
    const openedAt = (await timestampOf(await subnet.block())) + BigInt(schedule.beaconDelaySeconds)
    expect(opening).toEqual({
      blockHash: start.hash,
      openRound: firstRoundAfter(beaconChain, openedAt),
      auditRound: null,
    })
  })

  it('opens once, whoever calls', async () => {
    const opening = await openFirst()
    const { rolloutLog } = subnet.deployment.contracts
    const call = { address: rolloutLog, abi: rolloutLogAbi, functionName: 'openWindow', args: [0n] } as const
    const { logs } = await sendTransaction(miner, call)
    expect(logs).toEqual([])
    expect(await openWindow(subnet, 0)).toEqual(opening)
  })

  it('does not open before its first block is over, nor after the commit deadline', async () => {
    expect(await readOpening(subnet, 0)).toBeNull()
    await subnet.advanceTo(windowStart(schedule, 0))
    await expect(openWindow(subnet, 0)).rejects.toMatchObject({
      ...refusal('WindowNotStarted'),
      retryable: true,
    })
    await subnet.advanceTo(commitDeadline(schedule, 0))
    await expect(openWindow(subnet, 0)).rejects.toMatchObject({
      ...refusal('CommitPhaseOver'),
      retryable: false,
    })
  })

  it('does not open once the hash of its first block is gone', async () => {
    const long = { ...phases, startDelayBlocks, windowBlocks: 400, commitBlocks: 350 }
    const slow = {
      ...config,
      schedule: long,
      unbondingBlocks: 4_000,
      governance: { ...config.governance, timelockSeconds: 5_000 },
    }
    subnet = await createSubnet(slow)
    const start = BigInt(startDelayBlocks)
    await subnet.advanceTo(start + 257n)
    await expect(openWindow(subnet, 0)).rejects.toMatchObject(refusal('WindowMissed'))
    subnet = await createSubnet(slow)
    await subnet.advanceTo(start + 255n)
    const { blockHash } = await openWindow(subnet, 0)
    expect(blockHash).toBe((await subnet.publicClient.getBlock({ blockNumber: start })).hash)
  })

  it('closes after the deadline with the first round after the delay, once', async () => {
    await openFirst()
    await subnet.advanceTo(commitDeadline(schedule, 0) - 1n)
    await expect(closeWindow(subnet, 0)).rejects.toMatchObject(refusal('CommitPhaseRunning'))
    await subnet.advanceTo(commitDeadline(schedule, 0))
    const closed = await closeWindow(subnet, 0)
    const closedAt = (await timestampOf(await subnet.block())) + BigInt(schedule.beaconDelaySeconds)
    expect(closed).toEqual({ auditRound: firstRoundAfter(beaconChain, closedAt) })
    expect(await closeWindow(miner, 0)).toEqual(closed)
  })

  it('does not close a window that nobody opened', async () => {
    await subnet.advanceTo(commitDeadline(schedule, 0))
    await expect(closeWindow(subnet, 0)).rejects.toMatchObject(refusal('WindowNotOpen'))
  })

  it('derives the same seeds as shared/protocol', async () => {
    await expect(read('windowSeed')).rejects.toMatchObject(refusal('WindowNotOpen'))
    const { blockHash, openRound } = await openFirst()
    await expect(read('windowSeed')).rejects.toMatchObject(refusal('RoundUnknown'))
    const open = signTestRound(openRound)
    await submitRound(subnet, open)
    const { chainId, contracts } = subnet.deployment
    const { rolloutLog } = contracts
    const seed = windowSeed({ chainId, rolloutLog, window: 0, blockHash, randomness: open.randomness })
    expect(await read('windowSeed')).toBe(seed)
    await expect(read('auditSeed')).rejects.toMatchObject(refusal('WindowNotClosed'))
    await subnet.advanceTo(commitDeadline(schedule, 0))
    const audit = signTestRound((await closeWindow(subnet, 0)).auditRound)
    await submitRound(subnet, audit)
    expect(await read('auditSeed')).toBe(auditSeed(seed, audit.randomness))
  })

  it('binds a miner to one root per window', async () => {
    await openFirst()
    expect(await readCommitment(subnet, 0, 0)).toBeNull()
    await commitRoot(miner, commitment)
    const block = await subnet.block()
    await commitRoot(miner, commitment)
    expect(await subnet.block()).toBe(block)
    const { window: _, ...known } = commitment
    const expected = { ...known, minerUid: 0, miner: miner.walletClient?.account.address, block }
    expect(await readCommitments(subnet, 0)).toEqual([expected])
    expect(await readCommitment(subnet, 0, 0)).toEqual(expected)
    const other = { ...commitment, root: keccak256('0x02') }
    await expect(commitRoot(miner, other)).rejects.toMatchObject({ code: 'COMMITMENT_CONFLICT' })
    const { rolloutLog } = subnet.deployment.contracts
    const twice = sendTransaction(miner, {
      address: rolloutLog,
      abi: rolloutLogAbi,
      functionName: 'commitRoot',
      args: [0n, other.root, 3, 12, ''],
    })
    await expect(twice).rejects.toMatchObject(refusal('AlreadyCommitted'))
    await subnet.advanceTo(windowStart(schedule, 1) + 1n)
    await openWindow(subnet, 1)
    await commitRoot(miner, { ...other, window: 1 })
    expect((await readCommitments(subnet, 1)).map((found) => found.root)).toEqual([other.root])
  })

  it('takes commitments only while the window is open', async () => {
    await subnet.advanceTo(windowStart(schedule, 0) + 1n)
    await expect(commitRoot(miner, commitment)).rejects.toMatchObject(refusal('WindowNotOpen'))
    await openWindow(subnet, 0)
    await subnet.advanceTo(commitDeadline(schedule, 0))
    await expect(commitRoot(miner, commitment)).rejects.toMatchObject(refusal('CommitPhaseOver'))
  })

  it('refuses counts that break the rules, an empty root and a long address', async () => {
    await openFirst()
    const attempts = [
      [{ groups: 0, rollouts: 0 }, 'GroupsOutOfRange'],
      [{ groups: 101, rollouts: 404 }, 'GroupsOutOfRange'],
      [{ rollouts: 11 }, 'RolloutsMismatch'],
      [{ root: numberToHex(0, { size: 32 }) }, 'RootZero'],
      [{ uri: 'x'.repeat(257) }, 'UriTooLong'],
    ] as const
    for (const [change, error] of attempts) {
      await expect(commitRoot(miner, { ...commitment, ...change })).rejects.toMatchObject(refusal(error))
    }
  })

  it('refuses whoever is not an active miner with enough stake', async () => {
    await openFirst()
    const { rolloutLog, stakeRegistry } = subnet.deployment.contracts
    const args = [0n, root, 3, 12, ''] as const
    const commit = (chain: ChainContext) =>
      sendTransaction(chain, { address: rolloutLog, abi: rolloutLogAbi, functionName: 'commitRoot', args })
    const registry = { address: stakeRegistry, abi: stakeRegistryAbi } as const
    const { hotKey: validator } = await subnet.register('validator', 'v', 100n * oneToken)
    await expect(commit(validator)).rejects.toMatchObject(refusal('NotActiveMiner'))
    await expect(commit(owner)).rejects.toMatchObject(refusal('NotActiveMiner'))
    await sendTransaction(subnet.slasher, {
      ...registry,
      functionName: 'slash',
      args: [0, 0, 41n * oneToken],
    })
    await expect(commit(miner)).rejects.toMatchObject(refusal('NotActiveMiner'))
  })

  it('refuses a miner that registered after the window began, and could choose its problems by its uid', async () => {
    await subnet.advanceTo(windowStart(schedule, 0) - 4n)
    const inTime = await subnet.register('miner', 'in time', 10n * oneToken)
    const tooLate = await subnet.register('miner', 'too late', 10n * oneToken)
    await openWindow(subnet, 0)
    await commitRoot(inTime.hotKey, commitment)
    await expect(commitRoot(tooLate.hotKey, commitment)).rejects.toMatchObject(refusal('RegisteredTooLate'))
  })

  it('cannot be deployed with an impossible schedule', async () => {
    const attempt = (change: Partial<SubnetConfig['schedule']>) =>
      deploySubnet(subnet, { ...config, schedule: { ...config.schedule, ...change } })
    await expect(attempt({ commitBlocks: 40 })).rejects.toMatchObject(refusal('ScheduleImpossible'))
    await expect(attempt({ revealBlocks: 61 })).rejects.toMatchObject(refusal('ScheduleImpossible'))
    await expect(attempt({ startDelayBlocks: 1 })).rejects.toMatchObject(refusal('StartBlockPassed'))
  })
})
