import { type Address, encodeFunctionData, type Hex, toFunctionSelector } from 'viem'
import { accessManagerAbi } from '../shared/chain/abi.ts'
import { adminRole, learnerRole, minterRole, settlerRole, slasherRole } from '../shared/chain/access-roles.ts'
import type { Deployment } from '../shared/chain/deployment.ts'

/**
 * What makes the contracts a subnet, as one call to the access manager, so that nobody ever holds half of it:
 * only the vault mints, only the settlement funds the vault, only proven faults slash, only the learner publishes,
 * and the timelock is administrator of everything else. The deployer ends without any role.
 */
export function encodeHandover(
  contracts: Deployment['contracts'],
  learner: Address,
  deployer: Address,
): readonly Hex[] {
  const { token, rewardVault, settlement, policyRegistry, stakeRegistry, disputes, timelock } = contracts
  const publish = 'function publish(bytes32,bytes32,bytes32,bytes32,bytes32,uint64,string)'
  return [
    ...restrict(token, 'function mint(address,uint256)', minterRole, 'minter', rewardVault),
    ...restrict(rewardVault, 'function fund(uint64,bytes32,uint256)', settlerRole, 'settler', settlement),
    ...restrict(stakeRegistry, 'function slash(uint8,uint32,uint256)', slasherRole, 'slasher', disputes),
    ...restrict(policyRegistry, publish, learnerRole, 'learner', learner),
    encode('grantRole', [adminRole, timelock, 0]),
    encode('renounceRole', [adminRole, deployer]),
  ]
}

/** The label is for block explorers. */
function restrict(target: Address, signature: string, role: bigint, label: string, holder: Address): Hex[] {
  return [
    encode('labelRole', [role, label]),
    encode('setTargetFunctionRole', [target, [toFunctionSelector(signature)], role]),
    encode('grantRole', [role, holder, 0]),
  ]
}

function encode(functionName: string, args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi: accessManagerAbi, functionName, args } as Parameters<
    typeof encodeFunctionData
  >[0])
}
