import { type AbiFunction, getAbiItem, type Hex, pad, toFunctionSelector } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { readContractArtifact } from '../../deploy/artifact.ts'
import { verifyDeployment } from '../../deploy/verify.ts'
import { accessManagerAbi } from '../../shared/chain/abi.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { createSubnet, deployer, type TestSubnet } from './subnet.ts'

let subnet: TestSubnet
beforeEach(async () => {
  subnet = await createSubnet()
})

const contracts = () => subnet.deployment.contracts
const codeOf = async (address: Hex) => (await subnet.publicClient.getCode({ address })) as Hex
const setCode = (address: Hex, code: Hex) => subnet.rpc('hardhat_setCode', [address, code])

/** Contracts that differ, and how. */
async function differencesOf(chain: ChainContext = subnet): Promise<Record<string, readonly string[]>> {
  const verified = await verifyDeployment(chain)
  expect(verified).toHaveLength(13)
  const differing = verified.filter(({ differences }) => differences.length > 0)
  return Object.fromEntries(differing.map(({ contract, differences }) => [contract, differences]))
}

describe('verification', () => {
  it('finds a subnet as it was deployed to be what this source compiles to', async () => {
    expect(await differencesOf()).toEqual({})
  })

  it('finds one byte of code that is not compiled from this source, and code that is not there', async () => {
    const code = await codeOf(contracts().settlement)
    const middle = 2 * Math.floor(code.length / 4)
    const other = ((Number.parseInt(code.slice(middle, middle + 2), 16) + 1) % 256)
      .toString(16)
      .padStart(2, '0')
    await setCode(contracts().settlement, `${code.slice(0, middle)}${other}${code.slice(middle + 2)}` as Hex)
    await setCode(contracts().scoreBook, '0x')
    const foreign = ['its code is not what this source compiles to']
    expect(await differencesOf()).toEqual({ Settlement: foreign, ScoreBook: foreign })
  })

  it('finds genuine code that works for strangers', async () => {
    const stranger = pad('0x99', { size: 20 })
    const { rewardVault, settlement } = contracts()
    const code = await codeOf(settlement)
    await setCode(settlement, code.replaceAll(rewardVault.slice(2).toLowerCase(), stranger.slice(2)) as Hex)
    expect(await differencesOf()).toEqual({ Settlement: [`vault is ${stranger}, not ${rewardVault}`] })
  })

  it('finds a token that another vault mints, and a vault, stakes and rules that obey strangers', async () => {
    const stranger = pad('0x99', { size: 20 })
    const { token, rewardVault, stakeRegistry, params, settlement, disputes, timelock } = contracts()
    const obeys = async (contract: Hex, master: Hex) => {
      const code = await codeOf(contract)
      await setCode(contract, code.replaceAll(master.slice(2).toLowerCase(), stranger.slice(2)) as Hex)
    }
    await obeys(token, rewardVault)
    await obeys(rewardVault, settlement)
    await obeys(stakeRegistry, disputes)
    await obeys(params, timelock)
    expect(await differencesOf()).toEqual({
      SubnetToken: [`minter is ${stranger}, not ${rewardVault}`],
      RewardVault: [`settler is ${stranger}, not ${settlement}`],
      StakeRegistry: [`slasher is ${stranger}, not ${disputes}`],
      Params: [`timelock is ${stranger}, not ${timelock}`],
    })
  })

  it('finds roles that a deployment does not give out, and functions that were opened', async () => {
    const { accessManager, policyRegistry } = contracts()
    const manage = (functionName: 'grantRole' | 'setTargetFunctionRole', args: never) =>
      sendTransaction(subnet.administrator, {
        address: accessManager,
        abi: accessManagerAbi,
        functionName,
        args,
      })
    const { abi } = readContractArtifact('PolicyRegistry')
    const publish = toFunctionSelector(getAbiItem({ abi, name: 'publish' }) as AbiFunction)
    const everyone = 2n ** 64n - 1n
    await manage('grantRole', [0n, deployer.address, 0] as never)
    await manage('grantRole', [1n, pad('0x77', { size: 20 }), 0] as never)
    await manage('setTargetFunctionRole', [policyRegistry, [publish], everyone] as never)
    expect(await differencesOf()).toEqual({
      AccessManager: [
        `has role 0 of ${deployer.address}`,
        `has role ${everyone} for ${publish} of ${policyRegistry}`,
        `lacks role 1 for ${publish} of ${policyRegistry}`,
      ],
    })
  })
})
