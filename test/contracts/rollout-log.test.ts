import { type Address, keccak256, numberToHex } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import type { SubnetConfig } from '../../deploy/config.ts'
import { deploySubnet } from '../../deploy/deploy.ts'
import { firstRoundAfter } from '../../shared/beacon/rounds.ts'
import { rolloutLogAbi, stakeRegistryAbi } from '../../shared/chain/abi.ts'
import { announceUri } from '../../shared/chain/announce-uri.ts'
import { askChain } from '../../shared/chain/ask-chain.ts'
import { closeWindow } from '../../shared/chain/close-window.ts'
import { commitRoot } from '../../shared/chain/commit-root.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { openWindow } from '../../shared/chain/open-window.ts'
import { readCommitment, readCommitments } from '../../shared/chain/read-commitments.ts'
import { readOpening } from '../../shared/chain/read-opening.ts'
import { readRoots } from '../../shared/chain/read-roots.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { readUri } from '../../shared/chain/read-uri.ts'
import { sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'
import { submitRound } from '../../shared/chain/submit-round.ts'
import { commitDeadline, windowStart } from '../../shared/protocol/schedule.ts'
import { auditSeed, windowSeed } from '../../shared/protocol/seed.ts'
import { beaconChain, createSubnet, oneToken, signTestRound, type TestSubnet, testConfig } from './subnet.ts'

const { startDelayBlocks, ...phases } = { ...testConfig.schedule, startDelayBlocks: 100 }
const schedule = { ...phases, startBlock: BigInt(startDelayBlocks) }
const config = { ...testConfig, schedule: { ...phases, startDelayBlocks } }
const root = keccak256('0x01')
const commitment = { window: 0, root, groups: 3 }
const uri = 'https://miner.example/bundles'
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

const keyOf = (chain: ChainContext): Address => signerOf(chain).account.address

/** Past the checks of `commitRoot`, as anyone may. */
function commit(chain: ChainContext, args: readonly [bigint, `0x${string}`, number]) {
  const { rolloutLog } = subnet.deployment.contracts
  return sendTransaction(chain, { address: rolloutLog, abi: rolloutLogAbi, functionName: 'commitRoot', args })
}

function rotation(newKey: Address) {
  const { stakeRegistry } = subnet.deployment.contracts
  const call = { address: stakeRegistry, abi: stakeRegistryAbi, functionName: 'rotateHotKey' } as const
  return { ...call, args: [0, 0, newKey] as const }
}

async function rotate(name: string): Promise<ChainContext> {
  const fresh = subnet.as(await subnet.createAccount(name))
  await sendTransaction(owner, rotation(keyOf(fresh)))
  return fresh
}

async function pending(count: number): Promise<void> {
  const waiting = async () =>
    (await subnet.rpc('eth_getBlockTransactionCountByNumber', ['pending'])) as string
  while (Number(await waiting()) < count) await new Promise(setImmediate)
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
      retryable: true,
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
    await announceUri(miner, 0, uri)
    await commitRoot(miner, commitment)
    const block = await subnet.block()
    await commitRoot(miner, commitment)
    expect(await subnet.block()).toBe(block)
    const place = { minerUid: 0, miner: keyOf(miner), uri: `${uri}/${root.slice(2)}`, block }
    expect(await readCommitments(subnet, 0)).toEqual([{ ...place, root, groups: 3, rollouts: 12 }])
    expect(await readCommitment(subnet, 0, 0)).toEqual({ ...place, root, groups: 3, rollouts: 12 })
    const other = { ...commitment, root: keccak256('0x02') }
    await expect(commitRoot(miner, other)).rejects.toMatchObject({ code: 'COMMITMENT_CONFLICT' })
    await expect(commit(miner, [0n, other.root, 3])).rejects.toMatchObject(refusal('AlreadyCommitted'))
    await subnet.advanceTo(windowStart(schedule, 1) + 1n)
    await openWindow(subnet, 1)
    await commitRoot(miner, { ...other, window: 1 })
    expect((await readCommitments(subnet, 1)).map((found) => found.root)).toEqual([other.root])
  })

  it('takes commitments in the commit phase of their window alone, and no empty root', async () => {
    await subnet.advanceTo(windowStart(schedule, 0) - 2n)
    await expect(commit(miner, [0n, root, 3])).rejects.toMatchObject({
      ...refusal('WindowNotStarted'),
      retryable: true,
    })
    await openFirst()
    await expect(commit(miner, [1n, root, 3])).rejects.toMatchObject(refusal('WindowNotStarted'))
    await expect(commit(miner, [2n ** 64n - 1n, root, 3])).rejects.toMatchObject(refusal('WindowNotStarted'))
    const nothing = numberToHex(0, { size: 32 })
    await expect(commit(miner, [0n, nothing, 3])).rejects.toMatchObject(refusal('RootZero'))
    await subnet.advanceTo(commitDeadline(schedule, 0))
    await expect(commitRoot(miner, commitment)).rejects.toMatchObject(refusal('CommitPhaseOver'))
  })

  it('lets whoever signs for a miner say where its bundles lie, before and after a rotation', async () => {
    const long = 'x'.repeat(257)
    await expect(announceUri(miner, 0, long)).rejects.toMatchObject(refusal('UriTooLong'))
    expect(await announceUri(miner, 0, long.slice(1))).toBe(true)
    expect(await announceUri(miner, 0, uri)).toBe(true)
    expect(await announceUri(miner, 0, uri)).toBe(false)
    const fresh = await rotate('fresh')
    await expect(announceUri(miner, 0, 'https://thief.example')).rejects.toMatchObject(
      refusal('HotKeyUnknown'),
    )
    await expect(announceUri(owner, 0, uri.slice(1))).rejects.toMatchObject(refusal('HotKeyUnknown'))
    expect(await readUri(subnet, 0)).toBe(uri)
    expect(await announceUri(fresh, 0, '')).toBe(true)
    expect(await readUri(subnet, 0)).toBe('')
  })
})

describe('a commitment that nobody is bound by', () => {
  const counted = async (window = 0) =>
    (await readCommitments(subnet, window)).map(({ minerUid, miner: key }) => [minerUid, key])

  it('is one of a stranger, a validator, or an owner: readers ask for miners’ keys alone', async () => {
    await openFirst()
    const { hotKey: validator } = await subnet.register('validator', 'v', 100n * oneToken)
    const stranger = subnet.as(await subnet.createAccount('stranger'))
    for (const chain of [validator, owner, stranger]) await commit(chain, [0n, root, 3])
    expect(await readRoots(subnet, schedule, 0, [keyOf(stranger)])).toHaveLength(1)
    expect(await counted()).toEqual([])
  })

  it('has no group, or more than the rules allow', async () => {
    const second = await subnet.register('miner', 'second', 10n * oneToken)
    const third = await subnet.register('miner', 'third', 10n * oneToken)
    await openFirst()
    await commit(miner, [0n, root, 0])
    await commit(second.hotKey, [0n, root, 101])
    await commit(third.hotKey, [0n, root, 100])
    expect(await counted()).toEqual([[2, keyOf(third.hotKey)]])
  })

  it('is made in a window that nobody opened', async () => {
    await subnet.advanceTo(windowStart(schedule, 0) + 1n)
    await commit(miner, [0n, root, 3])
    expect(await counted()).toEqual([])
    await openWindow(subnet, 0)
    expect(await counted()).toEqual([[0, keyOf(miner)]])
  })

  it('is of a miner that came after the window began, and could choose its problems by its uid', async () => {
    await subnet.advanceTo(windowStart(schedule, 0) - 4n)
    const inTime = await subnet.register('miner', 'in time', 10n * oneToken)
    await subnet.advanceTo(windowStart(schedule, 0) + 1n)
    const soon = subnet.as(await subnet.createAccount('too late hot key'))
    await commit(soon, [0n, root, 3])
    const tooLate = await subnet.register('miner', 'too late', 10n * oneToken)
    expect(keyOf(tooLate.hotKey)).toBe(keyOf(soon))
    await openWindow(subnet, 0)
    await commitRoot(inTime.hotKey, commitment)
    expect(await counted()).toEqual([[1, keyOf(inTime.hotKey)]])
  })

  it('is made by a key after it was rotated away, or before it may sign: one key of a miner counts', async () => {
    await openFirst()
    const second = await rotate('second')
    await commit(miner, [0n, root, 3])
    await commit(second, [0n, root, 3])
    expect(await counted()).toEqual([])
    await subnet.advanceTo(windowStart(schedule, 1) + 1n)
    await openWindow(subnet, 1)
    await commit(second, [1n, root, 3])
    const third = await rotate('third')
    await commit(third, [1n, root, 3])
    await commit(miner, [1n, root, 3])
    expect(await counted(1)).toEqual([[0, keyOf(second)]])
    expect(await readCommitment(subnet, 1, 0)).toMatchObject({ miner: keyOf(second) })
  })

  it('shares its block with the rotation of its key', async () => {
    await openFirst()
    const fresh = await subnet.createAccount('fresh')
    await subnet.rpc('evm_setAutomine', [false])
    const sent = [commit(miner, [0n, root, 3]), sendTransaction(owner, rotation(fresh.address))]
    await pending(2)
    await subnet.rpc('evm_mine')
    await subnet.rpc('evm_setAutomine', [true])
    const [{ blockNumber }, rotated] = await Promise.all(sent)
    expect(rotated.blockNumber).toBe(blockNumber)
    expect(await counted()).toEqual([])
  })

  it('is made after its miner left, or was put out', async () => {
    const second = await subnet.register('miner', 'second', 50n * oneToken)
    await openFirst()
    await commit(miner, [0n, root, 3])
    const { stakeRegistry } = subnet.deployment.contracts
    const registry = { address: stakeRegistry, abi: stakeRegistryAbi } as const
    await sendTransaction(owner, { ...registry, functionName: 'requestUnstake', args: [0, 0] })
    await sendTransaction(subnet.slasher, {
      ...registry,
      functionName: 'slash',
      args: [0, 1, 41n * oneToken],
    })
    await commit(second.hotKey, [0n, root, 3])
    expect(await counted()).toEqual([[0, keyOf(miner)]])
    await subnet.advanceTo(windowStart(schedule, 1) + 1n)
    await openWindow(subnet, 1)
    await commit(miner, [1n, root, 3])
    expect(await counted(1)).toEqual([])
  })
})

describe('RolloutLog’s constructor', () => {
  it('cannot be deployed with an impossible schedule', async () => {
    const attempt = (change: Partial<SubnetConfig['schedule']>) =>
      deploySubnet(subnet, { ...config, schedule: { ...config.schedule, ...change } })
    await expect(attempt({ commitBlocks: 40 })).rejects.toMatchObject(refusal('ScheduleImpossible'))
    await expect(attempt({ revealBlocks: 61 })).rejects.toMatchObject(refusal('ScheduleImpossible'))
    await expect(attempt({ startDelayBlocks: 1 })).rejects.toMatchObject(refusal('StartBlockPassed'))
  })
})
