import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { journalPath } from '../../cli/roles/journal-path.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import {
  type ProcessInfo,
  processesOf,
  type RunningProgram,
  runProgram,
  startProgram,
} from '../helpers/program.ts'

/** Who runs is looked up in /proc. */
const linuxTest = test.skipIf(platform() !== 'linux')

const small = ['--miners', '1', '--validators', '1', '--adversary', 'none', '--windows', '1']

function emptyDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A devnet whose roles are at work. */
async function startDevnet(...flags: string[]): Promise<RunningProgram> {
  const devnet = startProgram(['devnet', ...small, ...flags])
  await devnet.says('window 1 of 1: generate')
  const commands = processesOf(devnet.pid).map(({ command }) => command)
  for (const part of ['chain-main', 'beacon-main', 'miner run', 'validator run']) {
    expect(commands.filter((command) => command.includes(part))).toHaveLength(1)
  }
  return devnet
}

async function untilNobodyIsLeft(group: number): Promise<void> {
  let left: ProcessInfo[]
  do {
    await pause(100)
    left = processesOf(group)
  } while (left.length > 0)
}

linuxTest('Ctrl-C ends every process and says where the data is', async () => {
  const dataDir = emptyDirectory()
  const devnet = await startDevnet('--data-dir', dataDir)
  devnet.interrupt()
  const { code, output } = await devnet.ended
  expect(code).toBe(1)
  expect(output).toContain(`data and logs are in ${dataDir}`)
  expect(output.trim().split('\n').at(-1)).toBe('stopped before the end')
  expect(processesOf(devnet.pid)).toEqual([])
})

linuxTest('processes end by themselves when the devnet is killed', async () => {
  const devnet = await startDevnet('--data-dir', emptyDirectory())
  process.kill(devnet.pid, 'SIGKILL')
  expect((await devnet.ended).signal).toBe('SIGKILL')
  await untilNobodyIsLeft(devnet.pid)
})

linuxTest.each(['miner run', 'chain-main'])('a crash of %s is told in one line', async (part) => {
  const dataDir = emptyDirectory()
  const devnet = await startDevnet('--data-dir', dataDir)
  const victim = processesOf(devnet.pid).find(({ command }) => command.includes(part))
  process.kill(Number(victim?.pid), 'SIGKILL')
  const { code, output } = await devnet.ended
  const name = part === 'chain-main' ? 'chain' : 'miner-0'
  const lines = output.trim().split('\n')
  expect(lines.at(-1)).toBe(
    `broken: ${name} ended with SIGKILL (log: ${join(dataDir, 'logs', `${name}.log`)})`,
  )
  expect(output).not.toMatch(/^\s+at /m)
  expect(code).toBe(1)
  expect(processesOf(devnet.pid)).toEqual([])
})

linuxTest('--keep leaves everything running until Ctrl-C, and the data for ever', async () => {
  const devnet = await startDevnet('--keep')
  await devnet.says('kept running until Ctrl-C')
  const rpcUrl = /chain (http:\S+),/.exec(devnet.output())?.[1] ?? ''
  const response = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
  })
  expect(await response.json()).toMatchObject({ result: '0x7a69' })
  const dashboard = /dashboard (http:\S+),/.exec(devnet.output())?.[1] ?? ''
  expect(await fetch(dashboard).then((page) => page.text())).toContain('<title>Rollproof</title>')
  expect(await readOverview(dashboard)).toMatchObject({ journals: 1, miners: [{ uid: 0, rejected: 0 }] })
  expect(await exportSnapshot(devnet.output())).toMatchObject({ journals: 1, subnet: { name: 'devnet' } })
  expect(processesOf(devnet.pid)).toHaveLength(6)
  devnet.interrupt()
  const { code, output } = await devnet.ended
  expect(code).toBe(0)
  expect(output.trim().split('\n').at(-1)).toBe('every expectation held')
  const dataDir = /data and logs are in (\S+)/.exec(output)?.[1] ?? ''
  onTestFinished(() => rmSync(dataDir, { recursive: true }))
  expect(readdirSync(dataDir).sort()).toContain('deployment.json')
  const deployment = readDeployment(join(dataDir, 'deployment.json'))
  expect(existsSync(journalPath(join(dataDir, 'miner-0'), deployment, 'miner', 0))).toBe(true)
  expect(processesOf(devnet.pid)).toEqual([])
})

async function readOverview(dashboard: string): Promise<unknown> {
  const answer = await fetch(new URL('api/overview.json', dashboard))
  return answer.json()
}

/** What a static server would serve of a devnet that was kept: its overview, and one verdict derived again. */
async function exportSnapshot(kept: string): Promise<unknown> {
  const [, rpc, relay, deployment, data] = /chain (\S+), beacon (\S+), (\S+), data (\S+)/.exec(kept) ?? []
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-snapshot-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { code, output } = await runProgram([
    ...['dashboard', '--deployment', deployment, '--rpc', rpc, '--relay', relay, '--data-dir', data],
    ...['--checkpoints', join(data, 'checkpoints'), '--allow-private-hosts', '--export', folder],
  ])
  expect(output).toContain('serve that folder with any web server')
  expect(code).toBe(0)
  expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('data-snapshot="')
  const [rollout] = readdirSync(join(folder, 'api', 'rollout'))
  const derived = JSON.parse(readFileSync(join(folder, 'api', 'rollout', rollout), 'utf8'))
  expect(derived).toMatchObject({ failure: null, derived: { reason: null } })
  expect(derived.derived.tokens.length).toBeGreaterThan(0)
  return JSON.parse(readFileSync(join(folder, 'api', 'overview.json'), 'utf8'))
}
