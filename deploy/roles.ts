import { type Address, encodeFunctionData, type Hex, toFunctionSelector } from 'viem'
import { accessManagerAbi } from '../shared/chain/abi.ts'
import { adminRole, learnerRole } from '../shared/chain/access-roles.ts'
import type { Deployment } from '../shared/chain/deployment.ts'

/**
 * What makes the contracts a subnet, as one call to the access manager, so that nobody ever holds half of it: only
 * the learner publishes, and the timelock says who that is. The deployer ends without any role. Who mints, funds,
 * slashes and sets rules the contracts know from their constructors.
 */
export function encodeHandover(
  contracts: Deployment['contracts'],
  learner: Address,
  deployer: Address,
): readonly Hex[] {
  const { policyRegistry, timelock } = contracts
  const publish = toFunctionSelector(
    'function publish(bytes32,bytes32,bytes32,bytes32,bytes32,uint64,string)',
  )
  return [
    // For block explorers.
    encode('labelRole', [learnerRole, 'learner']),
    encode('setTargetFunctionRole', [policyRegistry, [publish], learnerRole]),
    encode('grantRole', [learnerRole, learner, 0]),
    encode('grantRole', [adminRole, timelock, 0]),
    encode('renounceRole', [adminRole, deployer]),
  ]
}

function encode(functionName: string, args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi: accessManagerAbi, functionName, args } as Parameters<
    typeof encodeFunctionData
  >[0])
}
