import { type Address, encodeFunctionData } from 'viem'
import { accessManagerAbi, paramsAbi, policyRegistryAbi, subnetTokenAbi } from '../abi.ts'
import { learnerRole } from '../access-roles.ts'
import type { Deployment } from '../deployment.ts'
import type { PublishedPolicy } from '../read-policy.ts'
import type { Action } from './action.ts'
import type { ChainRulesTuple } from './rule-changes.ts'

type Contracts = Deployment['contracts']

export function setRulesAction({ params }: Contracts, rules: ChainRulesTuple): Action {
  const data = encodeFunctionData({ abi: paramsAbi, functionName: 'setRules', args: [rules] })
  return { target: params, value: 0n, data }
}

export function grantLearnerAction({ accessManager }: Contracts, account: Address): Action {
  const args = [learnerRole, account, 0] as const
  const data = encodeFunctionData({ abi: accessManagerAbi, functionName: 'grantRole', args })
  return { target: accessManager, value: 0n, data }
}

export function revokeLearnerAction({ accessManager }: Contracts, account: Address): Action {
  const args = [learnerRole, account] as const
  const data = encodeFunctionData({ abi: accessManagerAbi, functionName: 'revokeRole', args })
  return { target: accessManager, value: 0n, data }
}

/** Sends tokens that the timelock holds as the treasury. */
export function payAction({ token }: Contracts, to: Address, amount: bigint): Action {
  const data = encodeFunctionData({ abi: subnetTokenAbi, functionName: 'transfer', args: [to, amount] })
  return { target: token, value: 0n, data }
}

/** Announces a checkpoint, and with it an environment, by vote: the timelock is learner for that one call. */
export function publishActions(contracts: Contracts, policy: PublishedPolicy): Action[] {
  const { manifestHash, parent, recordHash, environmentId, environmentHash, activationWindow, uri } = policy
  const data = encodeFunctionData({
    abi: policyRegistryAbi,
    functionName: 'publish',
    args: [manifestHash, parent, recordHash, environmentId, environmentHash, BigInt(activationWindow), uri],
  })
  return [
    grantLearnerAction(contracts, contracts.timelock),
    { target: contracts.policyRegistry, value: 0n, data },
    revokeLearnerAction(contracts, contracts.timelock),
  ]
}
