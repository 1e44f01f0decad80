import type { Abi } from 'viem'
import {
  accessManagerAbi,
  disputesAbi,
  drandBeaconAbi,
  paramsAbi,
  policyRegistryAbi,
  rewardVaultAbi,
  rolloutLogAbi,
  scoreBookAbi,
  settlementAbi,
  stakeRegistryAbi,
  subnetGovernorAbi,
  subnetTimelockAbi,
  subnetTokenAbi,
} from './abi.ts'
import type { Deployment } from './deployment.ts'

export type ContractName = keyof Deployment['contracts']

/** Of every contract of a subnet, by what a deployment file calls it. */
export const contractAbis: Readonly<Record<ContractName, Abi>> = {
  accessManager: accessManagerAbi,
  params: paramsAbi,
  token: subnetTokenAbi,
  stakeRegistry: stakeRegistryAbi,
  drandBeacon: drandBeaconAbi,
  rolloutLog: rolloutLogAbi,
  policyRegistry: policyRegistryAbi,
  scoreBook: scoreBookAbi,
  rewardVault: rewardVaultAbi,
  settlement: settlementAbi,
  disputes: disputesAbi,
  timelock: subnetTimelockAbi,
  governor: subnetGovernorAbi,
}
