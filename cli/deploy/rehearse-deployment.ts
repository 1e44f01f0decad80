import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import { custom, numberToHex } from 'viem'
import type { SubnetConfig } from '../../deploy/config.ts'
import { deploySubnet } from '../../deploy/deploy.ts'
import type { DeploymentStart } from '../../deploy/plan.ts'
import { askChain } from '../../shared/chain/ask-chain.ts'
import { type ChainClients, createClients } from '../../shared/chain/connect.ts'
import { signerOf } from '../../shared/chain/send-transaction.ts'
import { simulatedChain } from '../devnet/simulated-chain.ts'

/** What a deployment would still send, and what that costs. */
export interface DeploymentPreview {
  readonly steps: readonly { readonly step: string; readonly gas: bigint; readonly wasThere: boolean }[]
  readonly gas: bigint
  /** Wei at most, at the fees of now. */
  readonly cost: bigint
  /** Wei that the key holds. */
  readonly balance: bigint
}

/**
 * Carries the deployment out on a chain in this process that stands where the real one does: constructors ask the
 * contracts before them, so none can be tried alone. From the real chain it only reads.
 * @throws SubnetError as `deploySubnet`
 */
export async function rehearseDeployment(
  chain: ChainClients,
  config: SubnetConfig,
  start: DeploymentStart,
): Promise<DeploymentPreview> {
  const { publicClient } = chain
  const address = start.deployer
  const [{ maxFeePerGas }, balance, nonce] = await askChain('read fees and funds', () =>
    Promise.all([
      publicClient.estimateFeesPerGas(),
      publicClient.getBalance({ address }),
      publicClient.getTransactionCount({ address }),
    ]),
  )
  const { stage, head } = await setStage(chain, config, start)
  const names: string[] = []
  await deploySubnet(stage, config, start, (step) => names.push(step))
  const steps = await Promise.all(
    names.map(async (step, i) => ({
      step,
      gas: (await stage.publicClient.getBlock({ blockNumber: head + BigInt(i + 1) })).gasUsed,
      wasThere: i < nonce - start.firstNonce,
    })),
  )
  const gas = steps.reduce((sum, { gas, wasThere }) => (wasThere ? sum : sum + gas), 0n)
  return { steps, gas, cost: gas * maxFeePerGas, balance }
}

/** The same chain id, head and transaction number, and a key that can pay. */
async function setStage(
  chain: ChainClients,
  config: SubnetConfig,
  start: DeploymentStart,
): Promise<{ stage: ChainClients; head: bigint }> {
  const chainId = chain.publicClient.chain.id
  const { network } = await createHardhatRuntimeEnvironment({
    networks: { node: { ...simulatedChain, chainId } },
  })
  const { provider } = await network.create('node')
  const { account } = signerOf(chain)
  const transport = custom(provider, { retryCount: 0 })
  const stage = createClients({ transport, chainId, account })
  const head = BigInt(start.startBlock - config.schedule.startDelayBlocks)
  const request = (method: string, params: readonly unknown[]) =>
    provider.request({ method, params: [...params] })
  await request('hardhat_mine', [numberToHex(head), '0x0'])
  await request('hardhat_setBalance', [account.address, numberToHex(10n ** 30n)])
  await request('hardhat_setNonce', [account.address, numberToHex(start.firstNonce)])
  return { stage, head }
}
