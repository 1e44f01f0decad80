import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { conductWindow, mineTo } from '../../cli/devnet/conductor.ts'
import { FILES } from '../../model/checkpoint/read-checkpoint.ts'
import { toDrandInfo } from '../../shared/beacon/chain-info.ts'
import { signRound } from '../../shared/beacon/sign-round.ts'
import { readBlockNumber } from '../../shared/chain/read-block-number.ts'
import { readCommitments } from '../../shared/chain/read-commitments.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import { readSettlement } from '../../shared/chain/read-settlement.ts'
import { commitDeadline, epochEnd, revealEnd, windowAt, windowStart } from '../../shared/protocol/schedule.ts'
import { startTestDevnet, type TestDevnet } from '../helpers/devnet.ts'
import { type FlakyProxy, startFlakyProxy } from '../helpers/flaky-proxy.ts'
import { serveOnLoopback } from '../helpers/loopback.ts'

const roles = ['miner-0', 'validator-0'] as const
const rest = [FILES.weights, FILES.config, FILES.tokenizer]

let devnet: TestDevnet
/** One that nobody has seen yet: reveals of one window fall into the next, so roles of an earlier test know that. */
let window: number

beforeAll(async () => {
  devnet = await startTestDevnet({ miners: 1, validators: 1 })
})
afterAll(async () => devnet?.close())
beforeEach(async () => {
  window = windowAt(devnet.stage.schedule, await readBlockNumber(devnet.network.chain)) + 1
})
afterEach(() => Promise.all(roles.map((name) => devnet.stop(name))))

async function proxyOf(target: string): Promise<FlakyProxy> {
  const proxy = await startFlakyProxy(target)
  onTestFinished(() => proxy.close())
  return proxy
}

/** A directory for checkpoints of the roles' own, empty until the network's checkpoint is delivered. */
function checkpointsOf() {
  const checkpoints = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  onTestFinished(() => rmSync(checkpoints, { recursive: true }))
  const { manifestHash } = devnet.network.policy.active
  const file = (name: string) => join(checkpoints, manifestHash, name)
  const deliver = (...names: string[]) => {
    mkdirSync(file('.'), { recursive: true })
    for (const name of names) {
      // Renamed into place: a role that looks meanwhile sees all of a file or nothing.
      copyFileSync(join(devnet.network.checkpoints, manifestHash, name), `${checkpoints}/part`)
      renameSync(`${checkpoints}/part`, file(name))
    }
  }
  return { checkpoints, file, deliver }
}

/** The window of this test, from its first block to its claims. Given up when the test is. */
function conduct(): Promise<void> {
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  const signal = AbortSignal.any([devnet.stage.signal, controller.signal])
  const conducted = conductWindow({ ...devnet.stage, signal }, window)
  conducted.catch(() => {})
  return conducted
}

async function expectPaid(): Promise<void> {
  const { chain } = devnet.network
  expect(await readCommitments(chain, window)).toHaveLength(1)
  expect(await readReveals(chain, window)).toHaveLength(1)
  const settlement = await readSettlement(chain, window)
  expect(settlement?.payouts.map(({ role, uid }) => `${role}-${uid}`).sort()).toEqual([...roles])
  for (const name of roles) expect(devnet.crash(name)).toBeNull()
}

test('a chain that goes away in the middle of a window costs time alone', async () => {
  const rpc = await proxyOf(devnet.network.rpcUrl)
  for (const name of roles) devnet.start(name, { instead: { rpcUrl: rpc.url } })
  await devnet.event('validator-0', 'started validator')
  const conducted = conduct()
  await devnet.event('miner-0', 'started window', { window })
  rpc.setDown(true)
  for (const name of roles) await devnet.event(name, 'failed duty', { code: 'CHAIN_UNREACHABLE' })
  rpc.setDown(false)
  await devnet.event('miner-0', 'committed window', { window })
  // Frozen: connections stay open and nothing answers.
  devnet.signalServer('chain', 'SIGSTOP')
  await pause(1500)
  devnet.signalServer('chain', 'SIGCONT')
  await conducted
  for (const name of roles) await devnet.event(name, 'recovered')
  await expectPaid()
})

test('an answer that is lost on its way does not end a role: what was sent is looked up', async () => {
  const rpc = await proxyOf(devnet.network.rpcUrl)
  rpc.loseAnswerTo('eth_sendRawTransaction')
  devnet.start('miner-0', { instead: { rpcUrl: rpc.url } })
  await mineTo(devnet.network.chain, windowStart(devnet.stage.schedule, window) + 1n)
  await devnet.event('miner-0', 'prepared window', { window })
  rpc.loseAnswerTo('eth_sendRawTransaction')
  await devnet.event('miner-0', 'committed window', { window })
  devnet.start('validator-0', { instead: { rpcUrl: rpc.url } })
  await conduct()
  await expectPaid()
})

test('a late beacon stops the window until it comes', async () => {
  const relay = await proxyOf(devnet.network.relayUrl)
  relay.missNext(8)
  devnet.start('miner-0', { instead: { relayUrl: relay.url } })
  devnet.start('validator-0')
  await conduct()
  const { why } = await devnet.event('miner-0', 'failed duty', { code: 'BEACON_UNAVAILABLE' })
  expect(why).toMatch(/the window waits.*status 404/)
  const told = devnet.events('miner-0')
  const started = told.findIndex((event) => event.message === 'started window' && event.window === window)
  expect(told.findIndex(({ code }) => code === 'BEACON_UNAVAILABLE')).toBeLessThan(started)
  await expectPaid()
})

test('a missing checkpoint is named, and the window goes on once it is there', async () => {
  const { active } = devnet.network.policy
  const { checkpoints, deliver } = checkpointsOf()
  devnet.start('miner-0', { instead: { checkpoints } })
  const conducted = conduct()
  const { why } = await devnet.event('miner-0', 'failed duty', { code: 'CHECKPOINT_MISSING' })
  for (const part of [active.manifestHash, checkpoints, 'Put its checkpoint directory there']) {
    expect(why).toContain(part)
  }
  deliver(FILES.manifest)
  const incomplete = () =>
    devnet.events('miner-0').some(({ why: then }) => String(then).includes(`${FILES.config} cannot be read`))
  await expect.poll(incomplete, { timeout: 30_000 }).toBe(true)
  deliver(...rest)
  await devnet.event('miner-0', 'committed window', { window })
  const late = checkpointsOf()
  devnet.start('validator-0', { instead: { checkpoints: late.checkpoints } })
  await devnet.event('validator-0', 'failed duty', { code: 'CHECKPOINT_MISSING' })
  late.deliver(...rest, FILES.manifest)
  await conducted
  await expectPaid()
})

test('with a corrupt checkpoint a miner stops and a validator abstains; neither commits anything', async () => {
  const { chain } = devnet.network
  const { schedule } = devnet.stage
  const { checkpoints, deliver, file } = checkpointsOf()
  deliver(...rest, FILES.manifest)
  const bytes = readFileSync(file(FILES.weights))
  bytes[bytes.length >> 1] ^= 1
  writeFileSync(file(FILES.weights), bytes)

  await mineTo(chain, windowStart(schedule, window) + 1n)
  devnet.start('miner-0', { instead: { checkpoints } })
  await expect(devnet.event('miner-0', 'prepared window', { window })).rejects.toThrow(
    /exit code 1: CHECKPOINT_CORRUPT: .*model\.safetensors hashes to .* the manifest names .*Fetch the checkpoint again/,
  )
  expect(await readCommitments(chain, window)).toEqual([])
  devnet.start('miner-0')
  devnet.start('validator-0', { instead: { checkpoints } })
  await devnet.event('miner-0', 'committed window', { window })

  await mineTo(chain, commitDeadline(schedule, window))
  const left = await devnet.event('validator-0', 'left miner unaudited', { window })
  expect(left).toMatchObject({ miner: 0, status: 'abstained', code: 'CHECKPOINT_CORRUPT' })
  expect(await devnet.event('validator-0', 'abstained', { epoch: window })).toMatchObject({
    why: expect.stringContaining('our fault'),
  })
  await mineTo(chain, epochEnd(schedule, window))
  await mineTo(chain, revealEnd(schedule, window))
  expect(await devnet.event('validator-0', 'settled epoch', { epoch: window })).toMatchObject({
    voided: true,
  })
  expect(await readReveals(chain, window)).toEqual([])
  expect(devnet.crash('validator-0')).toBeNull()
})

test('a relay that lies ends the role that has no other one', async () => {
  const secretKey = new Uint8Array(32).fill(7)
  const liar = await serveOnLoopback((request, response) => {
    const round = /public\/(\d+)$/.exec(request.url ?? '')?.[1]
    const { chain } = devnet.network
    const answer = round ? signRound(secretKey, BigInt(round)) : toDrandInfo(chain.deployment.beacon)
    response.end(JSON.stringify(answer))
  })
  devnet.start('miner-0', { instead: { relayUrl: liar } })
  devnet.start('validator-0')
  await mineTo(devnet.network.chain, windowStart(devnet.stage.schedule, window) + 1n)
  await expect(devnet.event('miner-0', 'started window', { window })).rejects.toThrow(/BEACON_INVALID/)
  devnet.start('miner-0')
  await conduct()
  await expectPaid()
})
