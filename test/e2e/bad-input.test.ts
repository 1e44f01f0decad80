import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { generatePrivateKey } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { writeKeyFile } from '../../cli/key-file.ts'
import { sealKey } from '../../cli/keys/keystore.ts'
import { journalPath } from '../../cli/roles/journal-path.ts'
import { singleSignerChain } from '../../shared/beacon/sign-round.ts'
import type { Deployment } from '../../shared/chain/deployment.ts'
import { closeServer, listen } from '../../shared/http/listen.ts'
import { startTestDevnet, type TestDevnet } from '../helpers/devnet.ts'
import { serveOnLoopback } from '../helpers/loopback.ts'
import { runProgram } from '../helpers/program.ts'

let devnet: TestDevnet
let scratch: string

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  devnet = await startTestDevnet({ miners: 1, validators: 1 })
})
afterAll(async () => {
  await devnet?.close()
  rmSync(scratch, { recursive: true })
})

type Flags = Readonly<Record<string, string>>

/** What an operator types, right but for what a test replaces. */
function roleArguments(role: 'miner' | 'validator', wrong: Flags): string[] {
  const { network, participant } = devnet
  const { keyFile, dataDir } = participant(`${role}-0`)
  const right: Flags = {
    deployment: network.deploymentFile,
    rpc: network.rpcUrl,
    relay: network.relayUrl,
    key: keyFile,
    'data-dir': dataDir,
    checkpoints: network.checkpoints,
    'metrics-port': '0',
    ...(role === 'miner' && { listen: '127.0.0.1:0' }),
  }
  return [
    role,
    'run',
    ...Object.entries({ ...right, ...wrong }).flatMap(([name, value]) => [`--${name}`, value]),
  ]
}

/** The role ends with one line: the code, then what was wrong and what to do. */
async function expectFailure(code: string, role: 'miner' | 'validator', wrong: Flags): Promise<string> {
  const { code: exitCode, output } = await runProgram(roleArguments(role, wrong))
  const lines = output.trim().split('\n')
  const last = lines.findIndex((line) => line.startsWith(`${code}: `))
  expect(last, output).toBeGreaterThanOrEqual(0)
  expect(exitCode).toBe(1)
  expect(output).not.toMatch(/^\s+at /m)
  return lines.slice(last).join('\n')
}

function fileWith(name: string, content: string, mode = 0o600): string {
  const path = join(mkdtempSync(join(scratch, 'file-')), name)
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

function deploymentWith(change: (deployment: Deployment) => Partial<Deployment>): string {
  const right = JSON.parse(readFileSync(devnet.network.deploymentFile, 'utf8')) as Deployment
  return fileWith('deployment.json', JSON.stringify({ ...right, ...change(right) }))
}

/** A port of this machine where nobody listens. */
async function closedPort(): Promise<string> {
  const server = createServer()
  const url = await listen(server, { host: '127.0.0.1', port: 0 })
  await closeServer(server)
  return url
}

describe('a role ends at its start, with a code and what to do, on', () => {
  test('a chain that is down', async () => {
    const rpc = await closedPort()
    expect(await expectFailure('CHAIN_UNREACHABLE', 'miner', { rpc })).toContain(new URL(rpc).host)
  })

  test('another chain id', async () => {
    const deployment = deploymentWith(() => ({ chainId: 1 }))
    const key = fileWith('keystore.json', sealKey(generatePrivateKey(), 'a password'))
    const passwordFile = fileWith('password', 'a password\n')
    expect(
      await expectFailure('CHAIN_ID_MISMATCH', 'miner', { deployment, key, 'password-file': passwordFile }),
    ).toMatch(/serves chain 31337.*on chain 1\b/)
  })

  test('a key in plain text on a chain that others use too', async () => {
    const deployment = deploymentWith(() => ({ chainId: 1 }))
    expect(await expectFailure('KEY_PLAIN', 'miner', { deployment })).toContain('rollproof keys import')
  })

  test('a chain without the contracts', async () => {
    const deployment = deploymentWith(({ contracts }) => ({
      contracts: { ...contracts, rolloutLog: '0x00000000000000000000000000000000000000aa' },
    }))
    await expectFailure('CHAIN_NOT_DEPLOYED', 'miner', { deployment })
  })

  test('a deployment file that trusts another beacon key', async () => {
    const deployment = deploymentWith(({ beacon }) => ({
      beacon: singleSignerChain({ ...beacon, secretKey: new Uint8Array(32).fill(7) }),
    }))
    await expectFailure('BEACON_MISMATCH', 'validator', { deployment })
  })

  test.each(['miner', 'validator'] as const)('a hot key that serves no %s', async (role) => {
    const key = join(mkdtempSync(join(scratch, 'key-')), 'key')
    const { address } = writeKeyFile(key)
    expect(await expectFailure('HOT_KEY_UNREGISTERED', role, { key })).toContain(
      `rollproof register --role ${role} --hot-key ${address}`,
    )
  })
})

test('a deployment file that contradicts itself is refused', async () => {
  const deployment = deploymentWith(({ beacon }) => ({ beacon: { ...beacon, period: beacon.period + 1 } }))
  await expectFailure('BEACON_CHAIN_INVALID', 'validator', { deployment })
})

test('a deployment file that is missing or malformed is named', async () => {
  expect(
    await expectFailure('DEPLOYMENT_MISSING', 'miner', { deployment: '/nowhere/subnet.json' }),
  ).toContain('/nowhere/subnet.json')
  const deployment = fileWith('deployment.json', '{ "name": "x" }')
  const message = await expectFailure('DEPLOYMENT_MALFORMED', 'miner', { deployment })
  for (const part of [deployment, 'chainId', 'contracts', 'beacon']) expect(message).toContain(part)
})

test('a key file that is missing, exposed or malformed is named, and its content never shown', async () => {
  const secret = readFileSync(devnet.participant('miner-0').keyFile, 'utf8').trim()
  expect(await expectFailure('KEY_UNREADABLE', 'miner', { key: '/nowhere/key' })).toContain('/nowhere/key')
  const exposed = fileWith('key', secret, 0o644)
  const message = await expectFailure('KEY_EXPOSED', 'miner', { key: exposed })
  expect(message).toContain(`chmod 600 ${exposed}`)
  const malformed = await expectFailure('KEY_MALFORMED', 'miner', { key: fileWith('key', secret.slice(2)) })
  for (const text of [message, malformed]) expect(text).not.toContain(secret.slice(2, 20))
})

test('a busy port is named, and the journal is free again', async () => {
  const { host } = new URL(await serveOnLoopback(() => {}))
  expect(await expectFailure('PORT_IN_USE', 'miner', { listen: host })).toMatch(/choose another port/)
  expect(await expectFailure('PORT_IN_USE', 'miner', { listen: host })).toMatch(/choose another port/)
})

test('a damaged journal is named and left as it is', async () => {
  const dir = mkdtempSync(join(scratch, 'data-'))
  const path = journalPath(dir, devnet.network.chain.deployment, 'validator', 0)
  mkdirSync(dirname(path))
  writeFileSync(path, 'not a database, and long enough to be taken for one'.repeat(40))
  const before = readFileSync(path)
  expect(await expectFailure('JOURNAL_UNUSABLE', 'validator', { 'data-dir': dir })).toContain(path)
  expect(readFileSync(path)).toEqual(before)
})

test('a second process on the same journal is refused, and the first one lives', async () => {
  devnet.start('miner-0')
  await devnet.event('miner-0', 'started miner')
  expect(await expectFailure('JOURNAL_IN_USE', 'miner', {})).toMatch(/outbox-31337-0x\w+\.sqlite/)
  expect(devnet.crash('miner-0')).toBeNull()
  await devnet.stop('miner-0')
})

test('every wrong setting is reported at once, before anything is read or made', async () => {
  const dataDir = join(scratch, 'never-made')
  const wrong = {
    rpc: 'ftp://x',
    'poll-ms': '1',
    listen: 'here',
    log: 'loud',
    'data-dir': dataDir,
    colour: 'red',
  }
  const message = await expectFailure('CONFIG_INVALID', 'miner', wrong)
  for (const flag of ['--rpc', '--poll-ms', '--listen', '--log', '--colour']) expect(message).toContain(flag)
  expect(() => readFileSync(dataDir)).toThrow('ENOENT')
})

describe('the devnet', () => {
  test('names a busy port and starts nothing', async () => {
    const { port } = new URL(await serveOnLoopback(() => {}))
    const { code, output } = await runProgram(['devnet', '--port', port])
    expect(code).toBe(1)
    expect(output.trim().split('\n').at(-1)).toMatch(
      new RegExp(`^PORT_IN_USE: port ${port} .*choose another port`),
    )
    const dataDir = /data and logs are in (\S+)/.exec(output)?.[1] ?? ''
    onTestFinished(() => rmSync(dataDir, { recursive: true }))
  })

  test('leaves a directory alone that holds something', async () => {
    const dir = mkdtempSync(join(scratch, 'data-'))
    writeFileSync(join(dir, 'journal'), 'precious')
    const { code, output } = await runProgram(['devnet', '--data-dir', dir])
    expect({ code, output }).toMatchObject({
      code: 1,
      output: expect.stringContaining(`DATA_DIR_NOT_EMPTY: ${dir}`),
    })
    expect(readFileSync(join(dir, 'journal'), 'utf8')).toBe('precious')
  })

  test.each([
    ['DATA_DIR_UNUSABLE', '--data-dir', 'a-file'],
    ['REPORT_UNWRITABLE', '--report', 'a-directory'],
  ])('says %s before any work', async (expected, flag, place) => {
    writeFileSync(join(scratch, 'a-file'), '')
    mkdirSync(join(scratch, 'a-directory'), { recursive: true })
    const { code, output } = await runProgram(['devnet', flag, join(scratch, place)])
    expect(output).toMatch(new RegExp(`^${expected}: .*${place}.*${flag}`))
    expect(code).toBe(1)
  })

  test('reports every wrong setting at once', async () => {
    const flags = [
      '--windows',
      '0',
      '--miners',
      'x',
      '--adversary',
      'clever',
      '--environment',
      'chess',
      '--bogus',
    ]
    const { code, output } = await runProgram(['devnet', ...flags])
    expect(output).toMatch(/^CONFIG_INVALID: /)
    for (const flag of ['--windows', '--miners', '--adversary', '--environment', '--bogus']) {
      expect(output).toContain(`\n  ${flag}`)
    }
    expect(code).toBe(1)
  })
})
