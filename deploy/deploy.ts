import { type Address, getAddress, type Hex, zeroAddress } from 'viem'
import { assertBeaconChain } from '../shared/beacon/chain-info.ts'
import { evmPublicKey } from '../shared/beacon/evm-points.ts'
import { askChain } from '../shared/chain/ask-chain.ts'
import type { ChainClients } from '../shared/chain/connect.ts'
import type { Deployment } from '../shared/chain/deployment.ts'
import { signerOf } from '../shared/chain/send-transaction.ts'
import { SubnetError } from '../shared/errors.ts'
import { type Artifact, readArtifact, readPackageArtifact } from './artifact.ts'
import type { SubnetConfig } from './config.ts'
import { grantRoles } from './grant-roles.ts'

/**
 * Deploys and wires a subnet. The signer pays, and stays the access manager's administrator until governance
 * takes over: it may set rules, slash and grant roles.
 * @throws SubnetError as `askChain`, CONTRACTS_NOT_BUILT, BEACON_CHAIN_INVALID; CHAIN_REVERTED names what a
 *   contract found impossible in the configuration
 */
export async function deploySubnet(chain: ChainClients, config: SubnetConfig): Promise<Deployment> {
  assertBeaconChain(config.beacon)
  const { startDelayBlocks, ...phases } = config.schedule
  const head = await askChain('read the head', () => chain.publicClient.getBlockNumber({ cacheTime: 0 }))
  const schedule = { ...phases, startBlock: head + BigInt(startDelayBlocks) }
  const epochBlocks = phases.windowBlocks * phases.epochWindows
  const deploy = (contract: string, args: readonly unknown[]) =>
    deployContract(chain, contract, readArtifact(contract), args)

  const accessManager = await deployContract(chain, 'AccessManager', accessManagerArtifact(), [
    signerOf(chain).account.address,
  ])
  const { token: t } = config
  const token = await deploy('SubnetToken', [
    accessManager,
    t.name,
    t.symbol,
    t.cap,
    t.genesisSupply,
    t.genesisHolder,
  ])
  const params = await deploy('Params', [
    accessManager,
    schedule.startBlock,
    epochBlocks,
    { ...config.rules, fromEpoch: 0 },
  ])
  const stakeRegistry = await deploy('StakeRegistry', [
    accessManager,
    token,
    params,
    config.unbondingBlocks,
    config.treasury ?? zeroAddress,
  ])
  const drandBeacon = await deploy('DrandBeacon', [
    evmPublicKey(config.beacon),
    config.beacon.genesisTime,
    config.beacon.period,
  ])
  const rolloutLog = await deploy('RolloutLog', [stakeRegistry, params, drandBeacon, schedule])
  const policyRegistry = await deploy('PolicyRegistry', [accessManager, rolloutLog])
  const scoreBook = await deploy('ScoreBook', [stakeRegistry, rolloutLog])
  const rewardVault = await deploy('RewardVault', [accessManager, token, stakeRegistry, params])
  const settlement = await deploy('Settlement', [stakeRegistry, params, rolloutLog, scoreBook, rewardVault])
  const contracts = {
    accessManager,
    params,
    token,
    stakeRegistry,
    drandBeacon,
    rolloutLog,
    policyRegistry,
    scoreBook,
    rewardVault,
    settlement,
  }
  await grantRoles(chain, contracts, config.learner)
  return {
    name: config.name,
    chainId: chain.publicClient.chain.id,
    startBlock: Number(schedule.startBlock),
    contracts,
    beacon: config.beacon,
  }
}

function accessManagerArtifact(): Artifact {
  return readPackageArtifact('@openzeppelin/contracts/access/manager/AccessManager.sol', 'AccessManager')
}

async function deployContract(
  chain: ChainClients,
  contract: string,
  { abi, bytecode }: Artifact,
  args: readonly unknown[],
): Promise<Address> {
  const purpose = `deploy ${contract}`
  const hash = await askChain(
    purpose,
    (): Promise<Hex> => signerOf(chain).deployContract({ abi, bytecode, args }),
  )
  const receipt = await askChain(purpose, () => chain.publicClient.waitForTransactionReceipt({ hash }))
  if (receipt.status === 'success' && receipt.contractAddress) return getAddress(receipt.contractAddress)
  throw new SubnetError('CHAIN_REVERTED', `could not ${purpose}: its constructor reverted`, {
    details: { contract, hash },
  })
}
