import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  addSettings,
  count,
  failWithCode,
  httpUrl,
  readSettings,
  type Settings,
} from '../../../cli/settings.ts'
import { SubnetError } from '../../../shared/errors.ts'

const spec = {
  pollMs: { value: 'ms', describe: 'pause', schema: count(50, 1000), fallback: '200' },
  relay: { value: 'url', describe: 'relays', schema: httpUrl, repeatable: true, optional: true },
  rpc: { value: 'url', describe: 'endpoint', schema: httpUrl },
  keep: { describe: 'a switch' },
  noRetry: { describe: 'a switch that leaves something out' },
} as const satisfies Settings

const rpc = 'http://127.0.0.1:1'

function read(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const command = addSettings(new Command('test'), spec).action(() => {})
  command.parse(args, { from: 'user' })
  return readSettings(command, spec, environment)
}

function configFile(content: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  writeFileSync(join(dir, 'config.json'), content)
  return join(dir, 'config.json')
}

function mistakesOf(read: () => unknown): readonly string[] {
  try {
    read()
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
    return (error as SubnetError).details.mistakes as readonly string[]
  }
  throw new Error('nothing was wrong')
}

describe('readSettings', () => {
  it('takes any number of arguments where a command does, and no unknown flag among them', () => {
    const replay = (...args: readonly string[]) => {
      const command = addSettings(new Command('test'), {})
        .argument('<files...>')
        .action(() => {})
      command.parse(args, { from: 'user' })
      return readSettings(command, {}, {})
    }
    expect(replay('a.json', 'b.json', 'c.json')).toEqual({})
    expect(mistakesOf(() => replay('a.json', '--bogus'))).toEqual(['--bogus: not known here; see --help'])
  })

  it('prefers flags to variables, those to the file, and that to defaults', () => {
    const config = configFile(JSON.stringify({ pollMs: 300, rpc }))
    const variables = { ROLLPROOF_POLL_MS: '400' }
    expect(read(['--rpc', rpc]).pollMs).toBe(200)
    expect(read(['--config', config]).pollMs).toBe(300)
    expect(read([], { ROLLPROOF_CONFIG: config, ...variables }).pollMs).toBe(400)
    expect(read(['--config', config, '--poll-ms', '500'], variables).pollMs).toBe(500)
  })

  it('reads a switch that leaves something out, from every place', () => {
    const config = configFile(JSON.stringify({ noRetry: true, rpc }))
    expect(read(['--rpc', rpc]).noRetry).toBe(false)
    expect(read(['--rpc', rpc, '--no-retry']).noRetry).toBe(true)
    expect(read(['--rpc', rpc], { ROLLPROOF_NO_RETRY: 'true' }).noRetry).toBe(true)
    expect(read(['--config', config]).noRetry).toBe(true)
  })

  it('gives one frozen object', () => {
    const values = read(['--rpc', rpc, '--relay', rpc, '--relay', 'https://b.example', '--keep'])
    expect(values).toEqual({
      pollMs: 200,
      relay: [rpc, 'https://b.example'],
      rpc,
      keep: true,
      noRetry: false,
    })
    expect(Object.isFrozen(values)).toBe(true)
  })

  it('reports every mistake at once: flags, values, variables, file and what is missing', () => {
    const config = configFile('{ "colour": "red" }')
    const args = ['--config', config, '--bogus', 'stray', '--relay', 'ftp://a']
    expect(mistakesOf(() => read(args, { ROLLPROOF_POLL_MS: '1e3' }))).toEqual([
      '--bogus: not known here; see --help',
      'stray: not known here; see --help',
      'colour in the configuration file: not known here',
      '--poll-ms 1e3: must be a whole number from 50 to 1000',
      '--relay ftp://a: must be an http(s) URL',
      '--rpc is missing: endpoint (or set ROLLPROOF_RPC)',
    ])
  })

  it.each([
    ['--rpc needs a value: url', ['--rpc']],
    ['--config needs a value: file', ['--config', '--rpc', rpc]],
    ['--poll-ms 49: must be from 50 to 1000', ['--rpc', rpc, '--poll-ms', '49']],
    ['--poll-ms -5: must be a whole number from 50 to 1000', ['--rpc', rpc, '--poll-ms=-5']],
  ])('says "%s"', (mistake, args) => {
    expect(mistakesOf(() => read(args))).toEqual([mistake])
  })

  it.each([
    ['is not there', '/nowhere/config.json'],
    ['is no YAML', undefined],
  ])('names a configuration file that %s', (_, path = configFile('{ rpc: ')) => {
    expect(mistakesOf(() => read(['--config', path, '--rpc', rpc]))).toEqual([
      expect.stringContaining(`--config ${path}: `),
    ])
  })
})

describe('failWithCode', () => {
  it.each([
    ['an unknown command', ['wlak'], "unknown command 'wlak' (Did you mean walk?); see --help"],
    ['a missing argument', ['walk'], "missing required argument 'where'; see --help"],
  ])('gives %s a code', (_, args, message) => {
    const program = new Command('test').addCommand(new Command('walk').argument('<where>').action(() => {}))
    failWithCode(program)
    expect(() => program.parse(args, { from: 'user' })).toThrow(new SubnetError('CONFIG_INVALID', message))
  })
})
