import { existsSync, readdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { conductWindow, mineTo } from '../../cli/devnet/conductor.ts'
import { openWindow } from '../../shared/chain/open-window.ts'
import { readCommitments } from '../../shared/chain/read-commitments.ts'
import { windowStart } from '../../shared/protocol/schedule.ts'
import { startTestDevnet, type TestDevnet } from '../helpers/devnet.ts'
import { processesOf, runProgram, startProgram } from '../helpers/program.ts'

let devnet: TestDevnet

beforeAll(async () => {
  devnet = await startTestDevnet({ miners: 1, validators: 1 })
})
afterAll(async () => devnet?.close())

interface Line {
  readonly message: string
  readonly duty: string
  readonly functionName?: string
  readonly args?: Readonly<Record<string, unknown>>
  readonly gas?: string
}

function roleArguments(role: 'miner' | 'validator'): string[] {
  const { network, participant } = devnet
  const { keyFile, dataDir } = participant(`${role}-0`)
  const flags = {
    deployment: network.deploymentFile,
    rpc: network.rpcUrl,
    relay: network.relayUrl,
    key: keyFile,
    'data-dir': dataDir,
    checkpoints: network.checkpoints,
    ...(role === 'miner' && { listen: '127.0.0.1:0', 'public-url': 'http://127.0.0.1:1' }),
  }
  const given = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])
  return [role, 'run', ...given, '--metrics-port', '0', '--allow-private-hosts']
}

/** What each duty of one round would do, by its name. */
async function rehearse(role: 'miner' | 'validator'): Promise<Record<string, Line>> {
  const { code, output } = await runProgram([...roleArguments(role), '--dry-run'])
  expect(code, output).toBe(0)
  const lines = output
    .trim()
    .split('\n')
    .map((line): Line => JSON.parse(line))
  return Object.fromEntries(
    lines.filter(({ message }) => message.startsWith('would send')).map((line) => [line.duty, line]),
  )
}

function sentBy(name: string): Promise<number> {
  const { chain } = devnet.network
  return chain.publicClient.getTransactionCount({ address: devnet.participant(name).hotKey.address })
}

test('a role’s dry run says what every duty would send, sends nothing and leaves no trace', async () => {
  const { network, stage, participant } = devnet
  const { chain } = network
  await mineTo(chain, windowStart(stage.schedule, 0) + 1n)
  const before = await sentBy('miner-0')

  const early = await rehearse('miner')
  expect(early.mine).toMatchObject({ message: 'would send', functionName: 'openWindow' })
  expect(early.claim).toMatchObject({ message: 'would send nothing' })

  await openWindow(chain, 0)
  const { announce, mine } = await rehearse('miner')
  expect(announce).toMatchObject({ functionName: 'announce', args: { uri: 'http://127.0.0.1:1' } })
  expect(mine).toMatchObject({ functionName: 'commitRoot', args: { window: 0 } })
  expect(Number(mine.gas)).toBeGreaterThan(21_000)

  expect(await readCommitments(chain, 0)).toEqual([])
  expect(await sentBy('miner-0')).toBe(before)
  const { dataDir } = participant('miner-0')
  expect(existsSync(dataDir) ? readdirSync(dataDir) : []).not.toContain('bundles')

  devnet.start('miner-0')
  const committed = await devnet.event('miner-0', 'committed window', { window: 0 })
  expect(committed.root).toBe(mine.args?.root)
})

test('a role that runs is not disturbed by a dry run beside it', async () => {
  devnet.start('validator-0')
  await conductWindow(devnet.stage, 0)
  const duties = await rehearse('validator')
  expect(Object.values(duties).map(({ message }) => message)).toEqual(
    Object.keys(duties).map(() => 'would send nothing'),
  )
  expect(Object.keys(duties)).toContain('settle')
  await conductWindow(devnet.stage, 1)
  expect(devnet.crash('validator-0')).toBeNull()
})

test('Ctrl-C ends a role with 0, and nothing of it goes on', async () => {
  await devnet.stop('validator-0')
  const role = startProgram(roleArguments('validator'))
  await role.says('started validator')
  role.interrupt()
  const { code, output } = await role.ended
  expect({ code, left: processesOf(role.pid) }, output).toEqual({ code: 0, left: [] })
  expect(output).toContain('stopped validator')
})
