import { readdirSync, readFileSync } from 'node:fs'
import { type Address, getAddress, keccak256, parseEventLogs, toHex, zeroAddress, zeroHash } from 'viem'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  accessManagerAbi,
  paramsAbi,
  policyRegistryAbi,
  rewardVaultAbi,
  stakeRegistryAbi,
  subnetGovernorAbi,
  subnetTimelockAbi,
  subnetTokenAbi,
} from '../../shared/chain/abi.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'
import { createSubnet, type TestSubnet, testConfig } from './subnet.ts'

let subnet: TestSubnet
let deployer: ChainContext
beforeAll(async () => {
  // Whoever deploys is not the learner here, so that it holds no role for any other reason.
  const learner = getAddress(`0x${'22'.repeat(20)}`)
  subnet = await createSubnet({ ...testConfig, learner })
  deployer = subnet
})

/** What the contracts' own source restricts: a function that is added there must be tried below. */
function restrictedFunctions(): string[] {
  const folder = new URL('../../contracts/', import.meta.url)
  const byRole = /function (\w+)\([^)]*\)[^{;]*\brestricted\b/g
  const toOneAddress = /function (\w+)\([^)]*\)[^{;]*\{\s*require\(msg\.sender == /g
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sol'))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .flatMap((source) => [...source.matchAll(byRole), ...source.matchAll(toOneAddress)])
    .map(([, name]) => name)
}

type Call = Omit<Parameters<typeof sendTransaction>[1], 'address'>

const contracts = () => subnet.deployment.contracts
const deployerAddress = () => signerOf(deployer).account.address

describe('after deployment', () => {
  it('the deployer can do nothing that is restricted', async () => {
    const { token, params, stakeRegistry, policyRegistry, rewardVault, accessManager } = contracts()
    const me = deployerAddress()
    const rules = { ...testConfig.rules, fromEpoch: 0n }
    const attempts: [Address, Call][] = [
      [token, { abi: subnetTokenAbi, functionName: 'mint', args: [me, 1n] }],
      [params, { abi: paramsAbi, functionName: 'setRules', args: [rules] }],
      [stakeRegistry, { abi: stakeRegistryAbi, functionName: 'slash', args: [0, 0, 1n] }],
      [rewardVault, { abi: rewardVaultAbi, functionName: 'fund', args: [0n, zeroHash, 0n] }],
      [
        policyRegistry,
        {
          abi: policyRegistryAbi,
          functionName: 'publish',
          args: [keccak256('0x01'), zeroHash, zeroHash, zeroHash, zeroHash, 0n, ''],
        },
      ],
      [accessManager, { abi: accessManagerAbi, functionName: 'grantRole', args: [0n, me, 0] }],
      [accessManager, { abi: accessManagerAbi, functionName: 'grantRole', args: [1n, me, 0] }],
      [
        accessManager,
        {
          abi: accessManagerAbi,
          functionName: 'setTargetFunctionRole',
          args: [policyRegistry, ['0x40c10f19'], 2n ** 64n - 1n],
        },
      ],
      [
        accessManager,
        { abi: accessManagerAbi, functionName: 'setTargetClosed', args: [policyRegistry, true] },
      ],
      [accessManager, { abi: accessManagerAbi, functionName: 'updateAuthority', args: [policyRegistry, me] }],
    ]
    const restricted = restrictedFunctions()
    expect(restricted.sort()).toEqual(['fund', 'mint', 'publish', 'setRules', 'slash'])
    expect(attempts.map(([, { functionName }]) => functionName)).toEqual(expect.arrayContaining(restricted))
    const refusals = [
      'AccessManagedUnauthorized',
      'AccessManagerUnauthorizedAccount',
      'NotMinter',
      'NotSettler',
    ]
    for (const [address, call] of attempts) {
      const { error } = await sendTransaction(deployer, { ...call, address } as never).then(
        () => ({ error: `${String(call.functionName)} went through` }),
        ({ details }) => details,
      )
      expect([...refusals, 'NotSlasher', 'NotTimelock']).toContain(error)
    }
  })

  it('cannot act through the timelock or the governor either', async () => {
    const { timelock, governor, params } = contracts()
    const schedule = sendTransaction(deployer, {
      address: timelock,
      abi: subnetTimelockAbi,
      functionName: 'schedule',
      args: [params, 0n, '0x', zeroHash, zeroHash, 1_000n],
    })
    await expect(schedule).rejects.toMatchObject({
      details: { error: 'AccessControlUnauthorizedAccount' },
    })
    const relay = sendTransaction(deployer, {
      address: governor,
      abi: subnetGovernorAbi,
      functionName: 'setVotingDelay',
      args: [0],
    })
    await expect(relay).rejects.toMatchObject({ details: { error: 'GovernorOnlyExecutor' } })
  })

  it('every role that was ever granted and not given up is held by a contract, or the learner', async () => {
    const { accessManager, timelock, governor } = contracts()
    const logs = await subnet.publicClient.getLogs({
      address: [accessManager, timelock],
      fromBlock: 0n,
    })
    const holders = new Set<string>()
    for (const { args, eventName } of parseEventLogs({ abi: accessManagerAbi, logs })) {
      if (eventName === 'RoleGranted') holders.add(`${args.roleId} ${args.account}`)
      if (eventName === 'RoleRevoked') holders.delete(`${args.roleId} ${args.account}`)
    }
    for (const { args, eventName } of parseEventLogs({ abi: subnetTimelockAbi, logs })) {
      if (eventName === 'RoleGranted') holders.add(`${args.role} ${args.account}`)
      if (eventName === 'RoleRevoked') holders.delete(`${args.role} ${args.account}`)
    }
    const role = (name: string) => keccak256(toHex(name))
    expect(holders).toEqual(
      new Set([
        `0 ${timelock}`,
        `1 0x${'22'.repeat(20)}`,
        `${zeroHash} ${timelock}`,
        `${role('PROPOSER_ROLE')} ${governor}`,
        `${role('CANCELLER_ROLE')} ${governor}`,
        `${role('EXECUTOR_ROLE')} ${zeroAddress}`,
      ]),
    )
  })

  it('no contract can be upgraded: none has an implementation behind it', async () => {
    const implementation = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc'
    for (const address of Object.values(contracts())) {
      expect(await subnet.publicClient.getStorageAt({ address, slot: implementation })).toBe(zeroHash)
    }
  })
})
