import { type Hex, keccak256, toFunctionSelector, zeroHash } from 'viem'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  accessManagerAbi,
  paramsAbi,
  rewardVaultAbi,
  stakeRegistryAbi,
  subnetTimelockAbi,
  subnetTokenAbi,
} from '../../shared/chain/abi.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'
import { createSubnet, oneToken, type TestSubnet, testConfig } from './subnet.ts'

const refusal = (error: string) => ({ details: { error } })
const everyone = 2n ** 64n - 1n

let subnet: TestSubnet
/** Given every power that a vote can give: administrator, every role, and every function open to everyone. */
let favourite: ChainContext
beforeAll(async () => {
  subnet = await createSubnet()
  await subnet.register('miner', 'a', 10n * oneToken)
  favourite = subnet.as(await subnet.createAccount('favourite'))
  const { token, rewardVault, stakeRegistry, params } = subnet.deployment.contracts
  for (let role = 0n; role < 8n; role++) {
    await manage('grantRole', [role, signerOf(favourite).account.address, 0])
    await manage('grantRole', [role, signerOf(subnet.administrator).account.address, 0])
  }
  for (const [target, abi] of [
    [token, subnetTokenAbi],
    [rewardVault, rewardVaultAbi],
    [stakeRegistry, stakeRegistryAbi],
    [params, paramsAbi],
  ] as const) {
    const selectors = abi.flatMap((item) => (item.type === 'function' ? [toFunctionSelector(item)] : []))
    await manage('setTargetFunctionRole', [target, selectors, everyone])
  }
})

function manage(functionName: string, args: readonly unknown[]) {
  const { accessManager: address } = subnet.deployment.contracts
  return sendTransaction(subnet.administrator, {
    address,
    abi: accessManagerAbi,
    functionName,
    args,
  } as never)
}

describe('no vote can', () => {
  it.each([
    ['mint', 'NotMinter'],
    ['fund', 'NotSettler'],
    ['slash', 'NotSlasher'],
  ] as const)('%s, whatever roles it grants to whom', async (functionName, error) => {
    const { token, rewardVault, stakeRegistry } = subnet.deployment.contracts
    for (const by of [subnet.administrator, favourite]) {
      const calls = {
        mint: { address: token, abi: subnetTokenAbi, args: [signerOf(by).account.address, 1n] },
        fund: { address: rewardVault, abi: rewardVaultAbi, args: [0n, keccak256('0x01'), 1n] },
        slash: { address: stakeRegistry, abi: stakeRegistryAbi, args: [0, 0, 1n] },
      }
      const attempt = sendTransaction(by, { ...calls[functionName], functionName } as never)
      await expect(attempt).rejects.toMatchObject(refusal(error))
    }
  })

  it('let anyone but the timelock set rules, and so without its delay', async () => {
    const { params: address } = subnet.deployment.contracts
    const args = [{ ...testConfig.rules, fromEpoch: 0n }] as const
    const call = { address, abi: paramsAbi, functionName: 'setRules', args } as const
    await expect(sendTransaction(favourite, call)).rejects.toMatchObject(refusal('NotTimelock'))
    await sendTransaction(subnet.administrator, call)
  })

  it('shorten the delay that lets whoever disagrees leave first, but may lengthen it', async () => {
    const { timelock: address } = subnet.deployment.contracts
    const { timelockSeconds } = testConfig.governance
    const updateDelay = (seconds: bigint) =>
      sendTransaction(subnet.administrator, {
        address,
        abi: subnetTimelockAbi,
        functionName: 'updateDelay',
        args: [seconds],
      })
    const least = BigInt(timelockSeconds)
    await expect(updateDelay(least - 1n)).rejects.toMatchObject({
      details: { error: 'DelayTooShort', args: [least - 1n, least] },
    })
    await updateDelay(least + 100n)
    await updateDelay(least)
    const call = [subnet.deployment.contracts.params, 0n, '0x' as Hex, zeroHash, zeroHash] as const
    const schedule = (delay: bigint) =>
      subnet.publicClient.simulateContract({
        account: subnet.deployment.contracts.governor,
        address,
        abi: subnetTimelockAbi,
        functionName: 'schedule',
        args: [...call, delay],
      })
    await expect(schedule(least - 1n)).rejects.toThrow('TimelockInsufficientDelay')
    await schedule(least)
  })
})
