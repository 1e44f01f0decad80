import { type Address, getContractAddress, type Hex, zeroAddress } from 'viem'
import { evmPublicKey } from '../shared/beacon/evm-points.ts'
import type { Deployment } from '../shared/chain/deployment.ts'
import type { SubnetConfig } from './config.ts'
import { encodeHandover } from './roles.ts'

/** Where a deployment starts; with the configuration it fixes every address, so a stopped one can go on. */
export interface DeploymentStart {
  readonly deployer: Address
  /** The deployer's next transaction number when it began. */
  readonly firstNonce: number
  /** First block of window 0. */
  readonly startBlock: number
}

export interface ContractStep {
  readonly contract: string
  readonly address: Address
  readonly args: readonly unknown[]
}

export interface DeploymentPlan {
  readonly contracts: Deployment['contracts']
  /** In order: the step at index i is the deployer's transaction `firstNonce + i`. */
  readonly steps: readonly ContractStep[]
  /** The access manager's calls that hand the subnet over; one transaction, after all steps. */
  readonly handover: readonly Hex[]
}

/** Deployment order, and what each is called in a deployment file. */
export const deploymentOrder = [
  ['accessManager', 'AccessManager'],
  ['token', 'SubnetToken'],
  ['params', 'Params'],
  ['stakeRegistry', 'StakeRegistry'],
  ['drandBeacon', 'DrandBeacon'],
  ['rolloutLog', 'RolloutLog'],
  ['policyRegistry', 'PolicyRegistry'],
  ['scoreBook', 'ScoreBook'],
  ['rewardVault', 'RewardVault'],
  ['settlement', 'Settlement'],
  ['disputes', 'Disputes'],
  ['timelock', 'SubnetTimelock'],
  ['governor', 'SubnetGovernor'],
] as const

/**
 * Every transaction of a deployment. A contract's address follows from the deployer and its transaction number
 * alone: contracts can name each other in constructors, and no transaction can deploy the same thing twice.
 */
export function planDeployment(config: SubnetConfig, start: DeploymentStart): DeploymentPlan {
  const { deployer, firstNonce } = start
  const contracts = Object.fromEntries(
    deploymentOrder.map(([name], i) => [
      name,
      getContractAddress({ from: deployer, nonce: BigInt(firstNonce) + BigInt(i) }),
    ]),
  ) as Deployment['contracts']
  const args = constructorArguments(config, start, contracts)
  return {
    contracts,
    steps: deploymentOrder.map(([name, contract]) => ({
      contract,
      address: contracts[name],
      args: args[name],
    })),
    handover: encodeHandover(contracts, config.learner, deployer),
  }
}

function constructorArguments(
  config: SubnetConfig,
  { deployer, startBlock }: DeploymentStart,
  contracts: Deployment['contracts'],
): Record<keyof Deployment['contracts'], readonly unknown[]> {
  const { token: t, beacon, governance: g } = config
  const { startDelayBlocks, ...phases } = config.schedule
  const { accessManager, token, params, stakeRegistry, drandBeacon, rolloutLog, scoreBook } = contracts
  const treasury = config.treasury === 'timelock' ? contracts.timelock : (config.treasury ?? zeroAddress)
  return {
    accessManager: [deployer],
    token: [contracts.rewardVault, t.name, t.symbol, t.cap, t.genesisSupply, t.genesisHolder],
    params: [
      contracts.timelock,
      token,
      startBlock,
      phases.windowBlocks * phases.epochWindows,
      { ...config.rules, fromEpoch: 0 },
    ],
    stakeRegistry: [contracts.disputes, token, params, config.unbondingBlocks, treasury, config.registration],
    drandBeacon: [evmPublicKey(beacon), beacon.genesisTime, beacon.period],
    rolloutLog: [stakeRegistry, params, drandBeacon, { ...phases, startBlock }],
    policyRegistry: [accessManager, rolloutLog, stakeRegistry, params, config.challengeBlocks],
    scoreBook: [stakeRegistry, rolloutLog],
    rewardVault: [
      contracts.settlement,
      token,
      stakeRegistry,
      params,
      treasury,
      config.emission.perEpoch,
      config.emission.halvingEpochs,
    ],
    settlement: [stakeRegistry, params, rolloutLog, scoreBook, contracts.rewardVault],
    disputes: [stakeRegistry, params, rolloutLog, scoreBook, contracts.policyRegistry],
    // Only the governor proposes and cancels; what it has queued anyone may execute; nobody administers it.
    timelock: [g.timelockSeconds, [contracts.governor], [zeroAddress], zeroAddress],
    governor: [
      `${config.name} governor`,
      token,
      contracts.timelock,
      g.votingDelayBlocks,
      g.votingPeriodBlocks,
      g.proposalThreshold,
      g.quorumPercent,
      g.lateQuorumBlocks,
    ],
  }
}
