import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { devnetChainId } from '../../cli/devnet/subnet-config.ts'
import { writeKeyFile } from '../../cli/key-file.ts'
import { readEntity } from '../../shared/chain/read-entity.ts'
import { cheapKeystore } from '../helpers/cheap-keystore.ts'
import { runCommand } from '../helpers/run-command.ts'
import { namedKey, type ServedSubnet, serveSubnet } from '../helpers/served-subnet.ts'
import { oneToken } from './subnet.ts'

const owner = namedKey('owner')
const hotKey = namedKey('hot key')

let subnet: ServedSubnet
let at: (name: string) => string
let flags: string[]
let ownerFlags: string[]
beforeAll(async () => {
  subnet = await serveSubnet()
  await subnet.fund(owner.account.address, 1_000n * oneToken)
  at = (name) => join(subnet.folder, name)
  writeFileSync(at('password'), 'correct horse\n', { mode: 0o600 })
  writeFileSync(at('owner.json'), cheapKeystore(owner.key, 'correct horse'), { mode: 0o600 })
  flags = ['--deployment', subnet.deploymentFile, '--rpc', subnet.rpcUrl]
  ownerFlags = [...flags, '--owner-key', at('owner.json'), '--owner-password-file', at('password')]
})
afterAll(() => subnet?.close())

async function succeed(...args: readonly string[]): Promise<string> {
  const { code, output } = await runCommand(args)
  expect(code, output).toBe(0)
  expect(output).not.toContain('correct horse')
  return output
}

async function fail(error: string, ...args: readonly string[]): Promise<void> {
  const { code, output } = await runCommand(args)
  expect(output).toContain(`${error}: `)
  expect(output).not.toMatch(/^\s+at /m)
  expect(output).not.toContain('correct horse')
  expect(code).toBe(1)
}

test('an identity from its keys to its exit, by the command line', { timeout: 300_000 }, async () => {
  writeKeyFile(at('plain'), hotKey.key)
  const imported = ['keys', 'import', at('hot.json'), '--from', at('plain')]
  expect(await succeed(...imported, '--password-file', at('password'))).toContain(hotKey.account.address)
  expect(readFileSync(at('hot.json'), 'utf8')).not.toContain(hotKey.key.slice(2))
  expect(await succeed('keys', 'list', subnet.folder)).toContain(`${hotKey.account.address}  keystore`)

  const register = ['register', ...ownerFlags, '--role', 'miner', '--hot-key', hotKey.account.address]
  await fail('CHAIN_REVERTED', ...register, '--stake', '1', '--dry-run')
  const tried = JSON.parse(await succeed(...register, '--stake', '100', '--dry-run', '--json'))
  expect(tried.calls.map((call: { functionName: string }) => call.functionName)).toEqual([
    'approve',
    'register',
  ])
  expect(tried.calls[1]).toMatchObject({
    contract: 'stakeRegistry',
    args: { hotKey: hotKey.account.address, amount: `${100n * oneToken}` },
    hash: null,
  })
  expect(Number(tried.calls[0].gas)).toBeGreaterThan(21_000)
  await expect(readEntity(subnet, 'miner', 0)).rejects.toThrow('UnknownIdentity')

  expect(await succeed(...register, '--stake', '100')).toContain('miner 0, hot key')
  const identity = ['--role', 'miner', '--key', at('hot.json')]
  await succeed('stake', ...ownerFlags, ...identity, '--amount', '25.5')
  expect(await readEntity(subnet, 'miner', 0)).toMatchObject({ stake: (1255n * oneToken) / 10n })
  await fail(
    'HOT_KEY_UNREGISTERED',
    'stake',
    ...ownerFlags,
    '--role',
    'validator',
    '--key',
    at('hot.json'),
    '--amount',
    '1',
  )
  await fail('CONFIG_INVALID', 'stake', ...ownerFlags, '--role', 'miner', '--amount', '1')

  const claim = ['claim', ...flags, ...identity, '--password-file', at('password')]
  expect(await succeed(...claim)).toContain('miner 0 is owed nothing')

  const rotate = ['keys', 'rotate', at('new.json'), ...ownerFlags, ...identity]
  const newPassword = ['--password-file', at('password')]
  await succeed(...rotate, ...newPassword, '--dry-run')
  expect(await readEntity(subnet, 'miner', 0)).toMatchObject({ hotKey: hotKey.account.address })
  const rotated = JSON.parse(await succeed(...rotate, ...newPassword, '--json'))
  expect(rotated).toMatchObject({ oldHotKey: hotKey.account.address, file: at('new.json') })
  expect((await readEntity(subnet, 'miner', 0)).hotKey).toBe(rotated.newHotKey)
  const again = ['keys', 'rotate', at('new.json'), ...ownerFlags, '--role', 'miner', '--uid', '0']
  expect(await succeed(...again, ...newPassword)).toContain('signs already')

  const whom = ['--role', 'miner', '--uid', '0']
  expect(await succeed('unstake', ...ownerFlags, ...whom, '--dry-run')).toContain('not sent')
  expect(await succeed('exit', ...ownerFlags, ...whom)).toMatch(/exiting.*in \d+ blocks/)
  expect(await succeed('exit', ...ownerFlags, ...whom)).toContain('nothing to send')
  await subnet.mine(400n)
  expect(await succeed('exit', ...ownerFlags, ...whom)).toContain('miner 0 is retired, with 0 tokens')
})

test('a wrong password, a foreign keystore and a plain key each end with their code, and nothing is lost', async () => {
  const register = [
    'register',
    ...flags,
    '--role',
    'miner',
    '--hot-key',
    hotKey.account.address,
    '--stake',
    '100',
  ]
  const as = (key: string, password: string) => ['--owner-key', key, '--owner-password-file', password]
  const before = readFileSync(at('owner.json'), 'utf8')
  writeFileSync(at('wrong'), 'correct horsf', { mode: 0o600 })
  await fail('PASSWORD_WRONG', ...register, ...as(at('owner.json'), at('wrong')))
  expect(readFileSync(at('owner.json'), 'utf8')).toBe(before)
  writeFileSync(at('foreign.json'), JSON.stringify({ version: 4, crypto: {} }), { mode: 0o600 })
  await fail('KEYSTORE_MALFORMED', ...register, ...as(at('foreign.json'), at('password')))
  await fail('PASSWORD_MISSING', ...register, '--owner-key', at('owner.json'))

  const elsewhere = at('elsewhere.json')
  const deployment = JSON.parse(readFileSync(subnet.deploymentFile, 'utf8'))
  writeFileSync(elsewhere, JSON.stringify({ ...deployment, chainId: devnetChainId + 1 }))
  writeKeyFile(at('owner.plain'), owner.key)
  await fail('KEY_PLAIN', ...register, '--deployment', elsewhere, '--owner-key', at('owner.plain'))
})
