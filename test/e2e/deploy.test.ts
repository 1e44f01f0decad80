import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { network } from 'hardhat'
import { createPublicClient, http } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { writeKeyFile } from '../../cli/key-file.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { runProgram, startProgram } from '../helpers/program.ts'

const account = mnemonicToAccount('test test test test test test test test test test test junk')
const example = new URL('../../docs/subnet.example.json', import.meta.url)

let rpc: string
let folder: string
let flags: string[]
const out = () => join(folder, 'deployment.json')
beforeEach(async () => {
  const server = await network.createServer('node', '127.0.0.1', 0)
  const { address, port } = await server.listen()
  rpc = `http://${address}:${port}`
  folder = mkdtempSync(join(tmpdir(), 'rollproof-deploy-'))
  onTestFinished(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })
  const keyFile = join(folder, 'deployer.key')
  const key = account.getHdKey().privateKey as Uint8Array
  writeKeyFile(keyFile, `0x${Buffer.from(key).toString('hex')}`)
  const subnet = join(folder, 'subnet.json')
  writeFileSync(subnet, readFileSync(example))
  flags = ['--rpc', rpc, '--chain-id', '31337', '--key', keyFile, '--subnet', subnet, '--out', out()]
})

const client = () => createPublicClient({ transport: http(rpc) })

test('deploy that is killed in the middle goes on when run again, and pays for nothing twice', async () => {
  const first = startProgram(['deploy', ...flags])
  await first.says('RolloutLog 0x')
  process.kill(-first.pid, 'SIGKILL')
  await first.ended
  expect(existsSync(out())).toBe(false)
  const { code, output } = await runProgram(['deploy', ...flags])
  expect(code, output).toBe(0)
  expect(output).toContain('(was there)')
  const { contracts } = readDeployment(out())
  for (const address of Object.values(contracts)) {
    expect(await client().getCode({ address })).toBeDefined()
  }
  expect(await client().getTransactionCount({ address: account.address })).toBe(14)
  expect(existsSync(`${out()}.started`)).toBe(false)

  const again = await runProgram(['deploy', ...flags])
  expect(again.output).toContain('CONFIG_INVALID')
  expect(await client().getTransactionCount({ address: account.address })).toBe(14)
})

test('deploy --dry-run tells addresses, gas and cost of what would be deployed, and sends nothing', async () => {
  const tried = await runProgram(['deploy', ...flags, '--dry-run', '--json'])
  expect(tried.code, tried.output).toBe(0)
  const { steps, gas, cost, dryRun } = JSON.parse(tried.output)
  expect({ steps: steps.length, dryRun }).toEqual({ steps: 14, dryRun: true })
  expect(await client().getTransactionCount({ address: account.address })).toBe(0)
  expect(existsSync(out()) || existsSync(`${out()}.started`)).toBe(false)

  const before = await client().getBalance({ address: account.address })
  const { code, output } = await runProgram(['deploy', ...flags, '--json'])
  expect(code, output).toBe(0)
  const { contracts } = JSON.parse(output)
  for (const [i, address] of Object.values(contracts).entries()) expect(steps[i].step).toContain(address)
  const paid = before - (await client().getBalance({ address: account.address }))
  expect(paid).toBeLessThanOrEqual(BigInt(cost))
  expect(BigInt(gas)).toBeGreaterThan(30_000_000n)
})

test('deploy refuses to go on with another configuration', async () => {
  const first = startProgram(['deploy', ...flags])
  await first.says('SubnetToken 0x')
  process.kill(-first.pid, 'SIGKILL')
  await first.ended
  const subnet = join(folder, 'subnet.json')
  writeFileSync(subnet, readFileSync(subnet, 'utf8').replace('"example"', '"other"'))
  const { code, output } = await runProgram(['deploy', ...flags])
  expect(code).toBe(1)
  expect(output).toContain('DEPLOYMENT_DIFFERS')
})
