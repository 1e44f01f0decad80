import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { network } from 'hardhat'
import { type Hex, keccak256, numberToHex, toHex } from 'viem'
import { mnemonicToAccount, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeKeyFile } from '../../cli/key-file.ts'
import { deploySubnet } from '../../deploy/deploy.ts'
import { subnetTokenAbi } from '../../shared/chain/abi.ts'
import { type ChainContext, openChain } from '../../shared/chain/connect.ts'
import { readProposal } from '../../shared/chain/governance/read-proposal.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { oneToken, testConfig } from '../contracts/subnet.ts'
import { runProgram } from '../helpers/program.ts'

const deployer = mnemonicToAccount('test test test test test test test test test test test junk')

let chain: ChainContext
let folder: string
let flags: string[]
let close: () => Promise<void>
beforeAll(async () => {
  const server = await network.createServer('node', '127.0.0.1', 0)
  const { address, port } = await server.listen()
  close = () => server.close()
  const rpc = `http://${address}:${port}`
  folder = mkdtempSync(join(tmpdir(), 'rollproof-govern-'))
  const clients = await openChain({ rpcUrl: rpc, chainId: 31_337, account: deployer })
  const schedule = { ...testConfig.schedule, startDelayBlocks: 100 }
  chain = { ...clients, deployment: await deploySubnet(clients, { ...testConfig, schedule }) }
  const file = join(folder, 'deployment.json')
  writeFileSync(file, JSON.stringify(chain.deployment))
  flags = ['--deployment', file, '--rpc', rpc]
  for (const [name, tokens] of [
    ['alice', 60_000n],
    ['bob', 50_000n],
    ['carol', 10n],
  ] as const) {
    await sendTransaction(chain, {
      address: chain.deployment.contracts.token,
      abi: subnetTokenAbi,
      functionName: 'transfer',
      args: [privateKeyToAccount(keyOf(name)).address, tokens * oneToken],
    })
    writeKeyFile(join(folder, `${name}.key`), keyOf(name))
    await rpcCall('hardhat_setBalance', [privateKeyToAccount(keyOf(name)).address, numberToHex(10n ** 20n)])
  }
})
afterAll(async () => {
  await close?.()
  rmSync(folder, { recursive: true })
})

const keyOf = (name: string): Hex => keccak256(toHex(name))
const rpcCall = (method: string, params: readonly unknown[]) =>
  chain.publicClient.request({ method, params } as never)
const mine = (blocks: bigint) => rpcCall('hardhat_mine', [numberToHex(blocks)])

async function govern(name: string | null, ...args: readonly string[]) {
  const key = name === null ? [] : ['--key', join(folder, `${name}.key`)]
  return runProgram(['govern', ...args, ...flags, ...key])
}

async function succeed(name: string | null, ...args: readonly string[]): Promise<string> {
  const { code, output } = await govern(name, ...args)
  expect(code, output).toBe(0)
  return output
}

async function fail(error: string, name: string | null, ...args: readonly string[]): Promise<void> {
  const { code, output } = await govern(name, ...args)
  expect(output).toContain(`${error}: `)
  expect(output).not.toMatch(/^\s+at /m)
  expect(code).toBe(1)
}

test('holders list, propose, vote, queue and execute a change by the command line', async () => {
  expect(await succeed(null, 'list')).toContain('no proposals yet')
  const change = ['--set', 'scoreBasePpm=150000', '--set', 'kappa=30000', '--description', 'pay less']
  await fail('VOTES_NOT_DELEGATED', 'alice', 'propose', ...change)
  await succeed('alice', 'delegate')
  await succeed('bob', 'delegate')
  await succeed('carol', 'delegate', '--to', privateKeyToAccount(keyOf('alice')).address)
  await fail('VOTES_TOO_FEW', 'carol', 'propose', ...change)
  await fail('CONFIG_INVALID', 'alice', 'propose', '--set', 'kapa=1', '--description', 'x')
  await fail('CHAIN_REVERTED', 'alice', 'propose', '--set', 'kappa=1', '--description', 'x')

  const tried = await succeed('alice', 'propose', ...change, '--dry-run')
  expect(tried).toContain('scoreBasePpm 1000000 → 150000, from the epoch after its execution')
  expect(await succeed(null, 'list')).toContain('no proposals yet')
  const proposed = await succeed('alice', 'propose', ...change)
  const id = /proposal (\d+)/.exec(proposed)?.[1] as string
  expect(tried).toContain(id)
  expect(await succeed(null, 'list')).toMatch(/pending, voting opens in \d+ blocks: .*kappa 32767 → 30000/)

  await fail('PROPOSAL_NOT_READY', 'alice', 'vote', id, 'for')
  await mine(BigInt(testConfig.governance.votingDelayBlocks) + 1n)
  await fail('CONFIG_INVALID', 'alice', 'vote', id, 'maybe')
  await fail('PROPOSAL_UNKNOWN', 'alice', 'vote', '1', 'for')
  await succeed('alice', 'vote', id, 'for', '--reason', 'because')
  await fail('VOTED_ALREADY', 'alice', 'vote', id, 'for')
  await succeed('bob', 'vote', id, 'abstain')
  await fail('VOTES_NOT_DELEGATED', 'carol', 'vote', id, 'against')
  const active = await succeed(null, 'show', id)
  expect(active).toMatch(/active, voting ends in \d+ blocks/)
  expect(active).toContain('for 60010, against 0, abstain 50000; quorum 90000')
  await fail('PROPOSAL_NOT_READY', 'bob', 'queue', id)

  await mine(BigInt(testConfig.governance.votingPeriodBlocks))
  await succeed('carol', 'queue', id)
  expect(await succeed(null, 'show', id)).toMatch(/queued, executable in \d+ seconds/)
  await fail('PROPOSAL_NOT_READY', 'carol', 'execute', id)
  await rpcCall('evm_increaseTime', [testConfig.governance.timelockSeconds])
  await mine(1n)
  await succeed('carol', 'execute', id)
  const { rulesFromEpoch } = await readProposal(chain, BigInt(id))
  const shown = await succeed(null, 'show', id)
  expect(shown).toContain(`scoreBasePpm 1000000 → 150000, from epoch ${rulesFromEpoch}`)
  expect(shown).toContain(`kappa 32767 → 30000, from epoch ${rulesFromEpoch}`)
  const json = JSON.parse(await succeed(null, 'show', id, '--json'))
  expect(json).toMatchObject({ id, state: 'executed', description: 'pay less', rulesFromEpoch })
  expect(json.actions[0].changes).toContainEqual({ rule: 'kappa', from: '32767', to: '30000' })
})

test('a role changes hands by vote', async () => {
  const learner = privateKeyToAccount(keyOf('learner')).address
  const output = await succeed(
    ...(['alice', 'propose', '--grant-learner', learner, '--revoke-learner', deployer.address] as const),
    ...['--pay', `${learner}=0`, '--description', 'a new learner', '--dry-run'],
  )
  expect(output).toContain(`accessManager.grantRole(1, ${learner}, 0)`)
  expect(output).toContain(`accessManager.revokeRole(1, ${deployer.address})`)
  expect(output).toContain(`token.transfer(${learner}, 0)`)
})
