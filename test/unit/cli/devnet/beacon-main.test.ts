import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { BeaconChain } from '../../../../shared/beacon/chain-info.ts'
import { fetchRound } from '../../../../shared/beacon/fetch-round.ts'
import { serveOnLoopback } from '../../../helpers/loopback.ts'

const program = fileURLToPath(new URL('../../../../cli/devnet/beacon-main.ts', import.meta.url))
const secretKey = `${'00'.repeat(31)}07`
const config = { secretKey, genesisTime: 1_700_000_000, period: 3, port: 0 }

function start(stdin: string, args: string[] = []) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args])
  child.stdin.end(stdin)
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function failureOf(stdin: string, args?: string[]) {
  const child = start(stdin, args)
  const [[exitCode], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ])
  expect(stdout).toBe('')
  expect(stderr).not.toContain(secretKey)
  return { exitCode, ...JSON.parse(stderr) }
}

async function configFile(mode: number): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'beacon-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const file = join(directory, 'config.json')
  await writeFile(file, JSON.stringify(config))
  await chmod(file, mode)
  return file
}

describe('the beacon process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'serves what stdin configures and ends cleanly on %s',
    async (signal) => {
      const child = start(JSON.stringify(config))
      const [line] = await once(child.stdout, 'data')
      const ready: { event: string; url: string; chain: BeaconChain } = JSON.parse(line)
      expect(ready.event).toBe('ready')
      expect(String(line)).not.toContain(secretKey)
      expect((await fetchRound({ chain: ready.chain, relays: [ready.url], round: 1n })).round).toBe(1n)
      child.kill(signal)
      expect(await once(child, 'exit')).toEqual([0, null])
    },
  )

  it('reads a private file and refuses one that others may read', async () => {
    const child = start('', [await configFile(0o600)])
    expect(JSON.parse((await once(child.stdout, 'data'))[0]).event).toBe('ready')
    const exposed = await failureOf('', [await configFile(0o644)])
    expect(exposed).toMatchObject({ exitCode: 1, event: 'failed', code: 'BEACON_CONFIG_EXPOSED' })
  })

  it.each([
    ['BEACON_CONFIG_INVALID', 'no JSON', secretKey],
    ['BEACON_CONFIG_INVALID', 'a fractional period', JSON.stringify({ ...config, period: 0.5 })],
    ['BEACON_CONFIG_INVALID', 'an unknown field', JSON.stringify({ ...config, seed: secretKey })],
    ['BEACON_KEY_INVALID', 'a zero key', JSON.stringify({ ...config, secretKey: '00'.repeat(32) })],
  ])('fails with %s on %s, without printing the key', async (code, _, stdin) => {
    expect(await failureOf(stdin)).toMatchObject({ exitCode: 1, event: 'failed', code })
  })

  it('names a missing file', async () => {
    expect(await failureOf('', ['/nowhere/beacon.json'])).toMatchObject({ code: 'BEACON_CONFIG_UNREADABLE' })
  })

  it('names a busy port and what to do', async () => {
    const port = Number(new URL(await serveOnLoopback(() => {})).port)
    const failure = await failureOf(JSON.stringify({ ...config, port }))
    expect(failure).toMatchObject({ exitCode: 1, code: 'PORT_IN_USE' })
    expect(failure.message).toMatch(new RegExp(`port ${port} .* choose another port`))
  })
})
