import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { nearestSetting } from '../../../../cli/config/known-settings.ts'
import { readConfigFile } from '../../../../cli/config/read-config-file.ts'
import { renderConfigFile } from '../../../../cli/config/render-config-file.ts'
import { roleNames, roleSpecs } from '../../../../cli/config/role-specs.ts'
import { quicknet } from '../../../../shared/beacon/quicknet.ts'
import { runCommand } from '../../../helpers/run-command.ts'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
})

function write(name: string, content: string): string {
  writeFileSync(join(dir, name), content)
  return join(dir, name)
}

const address = `0x${'0f'.repeat(20)}`

describe('a configuration file', () => {
  it('is YAML or JSON whose values stay the text that they are written as', () => {
    const yaml = `# a comment\nhotKey: ${address}\nstake: 100.50\nrelay: [https://a.example, https://b.example]\nkeep: true\nkey:\n`
    expect(readConfigFile(write('a', yaml))).toEqual({
      hotKey: address,
      stake: '100.50',
      relay: ['https://a.example', 'https://b.example'],
      keep: 'true',
      key: null,
    })
    expect(readConfigFile(write('b', '{"pollMs": 300, "rpc": "https://a.example"}'))).toEqual({
      pollMs: '300',
      rpc: 'https://a.example',
    })
    expect(readConfigFile(write('c', '# nothing\n'))).toEqual({})
  })

  it.each([
    ['a list', '- a\n- b\n'],
    ['text', 'hello'],
    ['cut short', 'relay: [a,'],
    ['of a name twice', 'rpc: a\nrpc: b\n'],
    ['of references', 'a: &a [x]\nb: *a\n'],
  ])('is refused when it is %s', (_, content) => {
    expect(() => readConfigFile(write('c', content))).toThrow()
  })
})

it.each([
  ['rcp', 'rpc'],
  ['publicURL', 'publicUrl'],
  ['datadir', 'dataDir'],
  ['colour', null],
])('%s was meant to be %s', (given, meant) => {
  expect(nearestSetting(given, ['rpc', 'publicUrl', 'dataDir', 'deployment'])).toBe(meant)
})

describe('a file that init wrote', () => {
  it.each(roleNames)('explains every setting of a %s, and reads as what was chosen', (role) => {
    const chosen = { deployment: '/etc/it: "d".json', rpc: 'https://rpc.example/#a', key: '/keys/hot.json' }
    const content = renderConfigFile(role, roleSpecs[role], chosen)
    expect(readConfigFile(write('config.yaml', content))).toEqual({ role, ...chosen, rpc: [chosen.rpc] })
    for (const name of Object.keys(roleSpecs[role]))
      expect(content).toMatch(new RegExp(`^(# )?${name}:`, 'm'))
    const uncommented = content.replaceAll(/^# (\w+: )/gm, '$1')
    expect(Object.keys(readConfigFile(write('all.yaml', uncommented)))).toEqual(
      expect.arrayContaining(Object.keys(roleSpecs[role])),
    )
  })
})

describe('init and config show', () => {
  const contract = (i: number) => `0x${String(i).padStart(40, '0')}`
  const names =
    'accessManager params token stakeRegistry drandBeacon rolloutLog policyRegistry scoreBook rewardVault settlement disputes timelock governor'
  const deployment = JSON.stringify({
    ...{ name: 'test', chainId: 5, startBlock: 1, beacon: quicknet },
    contracts: Object.fromEntries(names.split(' ').map((name, i) => [name, contract(i + 1)])),
  })
  const rpc = 'https://user:hunter22@rpc.example/v3/0123456789abcdef0123?key=topsecret'
  const init = (out: string, ...more: string[]) =>
    runCommand([
      ...['init', '--yes', '--role', 'miner', '--deployment', write('deployment.json', deployment)],
      ...['--rpc', rpc, '--data-dir', join(dir, 'data'), '--out', out, ...more],
    ])

  it('write a file for its owner alone, show where each value comes from, and show no secret', async () => {
    const out = join(dir, 'rollproof.yaml')
    const { code, output } = await init(out)
    expect(code, output).toBe(0)
    expect(output).toContain(`rollproof keys new ${join(dir, 'data', 'hot-key.json')}`)
    expect(statSync(out).mode & 0o777).toBe(0o600)

    const shown = await runCommand(['config', 'show', 'miner', '--config', out, '--poll-ms', '300'])
    expect(shown.code, shown.output).toBe(0)
    expect(shown.output).toMatch(/^pollMs +300 +--poll-ms$/m)
    expect(shown.output).toMatch(/^log +info +default$/m)
    expect(shown.output).toMatch(/^dataset +not set$/m)
    expect(shown.output).toMatch(new RegExp(`^rpc +https://…@rpc.example/v3/…\\?… +${out}$`, 'm'))
    expect(shown.output).not.toMatch(/hunter22|topsecret|0123456789abcdef/)

    const before = readFileSync(out, 'utf8')
    expect((await init(out)).output).toContain('FILE_UNWRITABLE: ')
    expect(readFileSync(out, 'utf8')).toBe(before)
  })

  it('say what is missing, instead of asking without a terminal', async () => {
    const { code, output } = await runCommand(['init', '--out', join(dir, 'x.yaml'), '--role', 'miner'])
    expect(code).toBe(1)
    expect(output).toContain('CONFIG_INVALID: --deployment is missing')
  })

  it('name an unknown key and the one that was meant, and what is wrong', async () => {
    const config = write('c.yaml', 'rcp: https://a.example\nlisten: nowhere\nuid: 3\nnoReplay: perhaps\n')
    const { code, output } = await runCommand(['config', 'show', 'validator', '--config', config])
    expect(code).toBe(1)
    expect(output).toContain('rcp in the configuration file: not known here; did you mean rpc?')
    expect(output).not.toContain('listen in the configuration file')
    expect(output).toContain('--no-replay perhaps: must be true or false')
    const miner = await runCommand(['config', 'show', 'miner', '--config', config, '--json'])
    expect(JSON.parse(miner.output).settings).toContainEqual({
      name: 'listen',
      value: 'nowhere',
      source: config,
      mistake: expect.stringContaining('--listen nowhere: must be host:port'),
    })
  })
})
