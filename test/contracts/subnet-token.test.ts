import { beforeAll, describe, expect, it } from 'vitest'
import { deploySubnet } from '../../deploy/deploy.ts'
import { subnetTokenAbi } from '../../shared/chain/abi.ts'
import { sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'
import { createSubnet, type TestSubnet, testConfig } from './subnet.ts'

let subnet: TestSubnet
beforeAll(async () => {
  subnet = await createSubnet()
})

const token = () => ({ address: subnet.deployment.contracts.token, abi: subnetTokenAbi }) as const

describe('SubnetToken', () => {
  it('gives the genesis supply to its holder, within the cap', async () => {
    const { publicClient } = subnet
    expect(await publicClient.readContract({ ...token(), functionName: 'totalSupply' })).toBe(
      testConfig.token.genesisSupply,
    )
    expect(await publicClient.readContract({ ...token(), functionName: 'cap' })).toBe(testConfig.token.cap)
  })

  it('cannot be deployed with a genesis supply above the cap', async () => {
    const genesisSupply = testConfig.token.cap + 1n
    const deployment = deploySubnet(subnet, { ...testConfig, token: { ...testConfig.token, genesisSupply } })
    await expect(deployment).rejects.toMatchObject({ details: { error: 'ERC20ExceededCap' } })
  })

  it('is minted by nobody but the vault', async () => {
    const { address } = signerOf(subnet).account
    const mint = sendTransaction(subnet, { ...token(), functionName: 'mint', args: [address, 1n] })
    await expect(mint).rejects.toMatchObject({ details: { error: 'NotMinter' } })
  })

  it('counts delegated votes by block', async () => {
    const { address } = signerOf(subnet).account
    await sendTransaction(subnet, { ...token(), functionName: 'delegate', args: [address] })
    const votes = await subnet.publicClient.readContract({
      ...token(),
      functionName: 'getVotes',
      args: [address],
    })
    expect(votes).toBe(testConfig.token.genesisSupply)
  })
})
