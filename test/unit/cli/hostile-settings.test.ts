import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { minerSettings } from '../../../cli/roles/role-settings.ts'
import { addSettings, failWithCode, readSettings } from '../../../cli/settings.ts'
import { endsCoded, hostileTexts } from '../../helpers/hostile-json.ts'

const folder = mkdtempSync(join(tmpdir(), 'rollproof-settings-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = {
  deployment: 'deployment.json',
  rpc: 'http://127.0.0.1:8545',
  key: 'key',
  relay: ['https://api.drand.sh', 'https://api2.drand.sh'],
  checkpoints: ['a', 'b'],
  listen: '0.0.0.0:4830',
  pollMs: 2000,
  log: 'info',
}

/** As a program of one command would: parses, then reads. */
function read(args: readonly string[], environment: NodeJS.ProcessEnv) {
  const command = addSettings(new Command('run'), minerSettings)
  failWithCode(command)
  command.parse(args, { from: 'user' })
  return readSettings(command, minerSettings, environment)
}

const given = Object.entries(minerSettings).flatMap(([name]) => {
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  return [flag, `${flag}=`]
})
const word = fc.oneof(
  fc.constantFrom(
    ...given,
    '--config',
    '--',
    '-',
    '--help-me',
    '--no-log',
    '-x',
    '--__proto__',
    ...Object.values(file).map(String),
  ),
  fc.string({ maxLength: 40 }),
)

describe('settings', () => {
  it('of any file are values or a list of mistakes', { timeout: 300_000 }, async () => {
    const path = join(folder, 'config.json')
    const endings = new Set<string>()
    await fc.assert(
      fc.asyncProperty(hostileTexts(file), async (text) => {
        writeFileSync(path, text)
        endings.add(await endsCoded(() => read(['--config', path], {}), ['CONFIG_INVALID']))
      }),
      { seed: 15, numRuns: 2000 },
    )
    expect([...endings].sort()).toEqual(['CONFIG_INVALID', 'answered'])
  })

  it('of any arguments and variables are values or a list of mistakes', { timeout: 300_000 }, async () => {
    const variables = fc.dictionary(
      fc.constantFrom(
        'ROLLPROOF_RPC',
        'ROLLPROOF_POLL_MS',
        'ROLLPROOF_RELAY',
        'ROLLPROOF_LOG',
        'ROLLPROOF_CONFIG',
      ),
      fc.string({ maxLength: 40 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 8 }), variables, async (args, environment) => {
        const safe = args.filter((arg) => !/^-h|^--h/.test(arg) || arg === '--help-me')
        await endsCoded(() => read(safe, environment), ['CONFIG_INVALID'])
      }),
      { seed: 16, numRuns: 2000 },
    )
  })
})
