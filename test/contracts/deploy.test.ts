import { network } from 'hardhat'
import { custom } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { deploySubnet, startDeployment } from '../../deploy/deploy.ts'
import { type ChainClients, createClients } from '../../shared/chain/connect.ts'
import { deployer, testConfig } from './subnet.ts'

/** Thirteen contracts and the handover. */
const transactions = 14

let chain: ChainClients
beforeEach(async () => {
  const { provider } = await network.create()
  chain = createClients({
    transport: custom(provider, { retryCount: 0 }),
    chainId: 31_337,
    account: deployer,
  })
})

const sent = () => chain.publicClient.getTransactionCount({ address: deployer.address })

/** Ends the deployment after so many steps, as a crash would. */
function crashAfter(steps: number) {
  let seen = 0
  return () => {
    if (++seen === steps) throw new Error('crash')
  }
}

describe('a deployment', () => {
  it('that is stopped after any step goes on, and deploys nothing twice', async () => {
    const start = await startDeployment(chain, testConfig)
    for (let steps = 1; steps <= transactions; steps++) {
      await expect(deploySubnet(chain, testConfig, start, crashAfter(steps))).rejects.toThrow('crash')
      expect(await sent()).toBe(start.firstNonce + steps)
    }
    const { contracts } = await deploySubnet(chain, testConfig, start)
    expect(await sent()).toBe(start.firstNonce + transactions)
    for (const address of Object.values(contracts)) {
      expect(await chain.publicClient.getCode({ address })).toBeDefined()
    }
  })

  it('ends where its key did something else meanwhile', async () => {
    const start = await startDeployment(chain, testConfig)
    await expect(deploySubnet(chain, testConfig, start, crashAfter(3))).rejects.toThrow('crash')
    await chain.walletClient?.sendTransaction({ to: deployer.address })
    const resumed = deploySubnet(chain, testConfig, start)
    await expect(resumed).rejects.toMatchObject({ code: 'DEPLOYMENT_BROKEN' })
    await expect(resumed).rejects.toThrow('no StakeRegistry')
  })

  it('is refused where a vote could take effect before unbonding is over', async () => {
    const seconds = testConfig.unbondingBlocks * testConfig.governance.secondsPerBlock
    const governance = { ...testConfig.governance, timelockSeconds: seconds }
    const deployment = deploySubnet(chain, { ...testConfig, governance })
    await expect(deployment).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { timelockSeconds: seconds, unbondingSeconds: seconds },
    })
    expect(await sent()).toBe(0)
  })
})
