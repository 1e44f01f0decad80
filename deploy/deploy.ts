import { setTimeout as sleep } from 'node:timers/promises'
import { isAddressEqual } from 'viem'
import { assertBeaconChain } from '../shared/beacon/chain-info.ts'
import { accessManagerAbi } from '../shared/chain/abi.ts'
import { adminRole } from '../shared/chain/access-roles.ts'
import { askChain } from '../shared/chain/ask-chain.ts'
import type { ChainClients } from '../shared/chain/connect.ts'
import type { Deployment } from '../shared/chain/deployment.ts'
import { sendTransaction, signerOf } from '../shared/chain/send-transaction.ts'
import { SubnetError } from '../shared/errors.ts'
import { readContractArtifact } from './artifact.ts'
import { assertTimelock, type SubnetConfig } from './config.ts'
import { type ContractStep, type DeploymentStart, planDeployment } from './plan.ts'

/** How long transactions of an earlier, stopped deployment may stay out of a block. */
const pendingTimeoutMs = 180_000

/** Fixes the addresses and the first block of a subnet that the signer is about to deploy. */
export async function startDeployment(chain: ChainClients, config: SubnetConfig): Promise<DeploymentStart> {
  const { address } = signerOf(chain).account
  const [head, firstNonce] = await askChain('read the head', () =>
    Promise.all([chain.publicClient.getBlockNumber({ cacheTime: 0 }), sentBy(chain, 'pending')]),
  )
  return { deployer: address, firstNonce, startBlock: Number(head) + config.schedule.startDelayBlocks }
}

/**
 * Deploys and wires a subnet, or goes on where an earlier call with the same `start` stopped. The signer pays and
 * ends without any power: the timelock administers everything.
 * @throws SubnetError as `askChain`, CONTRACTS_NOT_BUILT, BEACON_CHAIN_INVALID, CONFIG_INVALID, DEPLOYMENT_BROKEN;
 *   CHAIN_REVERTED names what a contract found impossible in the configuration
 */
export async function deploySubnet(
  chain: ChainClients,
  config: SubnetConfig,
  start?: DeploymentStart,
  onStep: (step: string) => void = () => {},
): Promise<Deployment> {
  assertBeaconChain(config.beacon)
  assertTimelock(config)
  const from = start ?? (await startDeployment(chain, config))
  requireDeployer(chain, from)
  const { contracts, steps, handover } = planDeployment(config, from)
  const done = (await settledTransactions(chain)) - from.firstNonce
  for (const [i, step] of steps.entries()) {
    const { contract, address } = step
    if (i >= done) await deployContract(chain, step, from.firstNonce + i)
    await requireCode(chain, step)
    onStep(`${contract} ${address}${i < done ? ' (was there)' : ''}`)
  }
  if (done <= steps.length) {
    await sendTransaction(chain, {
      address: contracts.accessManager,
      abi: accessManagerAbi,
      functionName: 'multicall',
      args: [handover],
    })
  }
  await requireHandedOver(chain, contracts)
  onStep(`handed over to the timelock ${contracts.timelock}`)
  return {
    name: config.name,
    chainId: chain.publicClient.chain.id,
    startBlock: from.startBlock,
    contracts,
    beacon: config.beacon,
  }
}

async function deployContract(chain: ChainClients, step: ContractStep, nonce: number): Promise<void> {
  const { contract, args } = step
  const { abi, bytecode } = readContractArtifact(contract)
  const purpose = `deploy ${contract}`
  const hash = await askChain(purpose, () => signerOf(chain).deployContract({ abi, bytecode, args, nonce }))
  await askChain(purpose, () => chain.publicClient.waitForTransactionReceipt({ hash }))
}

/** The deployer's transaction count, once none of an earlier run is still waiting for a block. */
async function settledTransactions(chain: ChainClients): Promise<number> {
  const { pollingInterval } = chain.publicClient
  for (let waitedMs = 0; waitedMs < pendingTimeoutMs; waitedMs += pollingInterval) {
    const [settled, sent] = await askChain('count the transactions of the deployer', () =>
      Promise.all([sentBy(chain, 'latest'), sentBy(chain, 'pending')]),
    )
    if (settled >= sent) return settled
    await sleep(pollingInterval)
  }
  throw new SubnetError(
    'DEPLOYMENT_PENDING',
    'transactions of the deployer are waiting for a block. Run the same command again when they are in one.',
    { retryable: true },
  )
}

function sentBy(chain: ChainClients, blockTag: 'latest' | 'pending'): Promise<number> {
  return chain.publicClient.getTransactionCount({ address: signerOf(chain).account.address, blockTag })
}

function requireDeployer(chain: ChainClients, { deployer }: DeploymentStart): void {
  const { address } = signerOf(chain).account
  if (isAddressEqual(address, deployer)) return
  throw broken(`it was started by ${deployer}, not ${address}: go on with that key`)
}

/** Nobody but the deployer can have put anything at the address, and only with this very transaction. */
async function requireCode(chain: ChainClients, { contract, address }: ContractStep): Promise<void> {
  const code = await askChain(`look for ${contract}`, () => chain.publicClient.getCode({ address }))
  if (code !== undefined) return
  throw broken(
    `there is no ${contract} at ${address}: its constructor reverted, or the key sent something else meanwhile. Start over with another --out, and use a key that does nothing else`,
  )
}

async function requireHandedOver(chain: ChainClients, contracts: Deployment['contracts']): Promise<void> {
  const { address } = signerOf(chain).account
  const admin = (account: typeof address) =>
    chain.publicClient.readContract({
      address: contracts.accessManager,
      abi: accessManagerAbi,
      functionName: 'hasRole',
      args: [adminRole, account],
    })
  const [[timelock], [deployer]] = await askChain('look who administers', () =>
    Promise.all([admin(contracts.timelock), admin(address)]),
  )
  if (timelock && !deployer) return
  throw broken(
    'the access manager was not handed over to the timelock: the key sent something else meanwhile',
  )
}

function broken(why: string): SubnetError {
  return new SubnetError('DEPLOYMENT_BROKEN', `this deployment cannot be completed: ${why}`)
}
