import { type Address, encodeFunctionData, type Hex, toFunctionSelector } from 'viem'
import type { ChainClients } from '../shared/chain/connect.ts'
import type { Deployment } from '../shared/chain/deployment.ts'
import { sendTransaction } from '../shared/chain/send-transaction.ts'

/** Role ids in the access manager. What no role is named for stays with its administrator. */
const minter = 1n
const settler = 2n
const learner = 3n

const accessManagerAbi = [
  {
    type: 'function',
    name: 'multicall',
    stateMutability: 'nonpayable',
    inputs: [{ name: 'data', type: 'bytes[]' }],
    outputs: [{ name: 'results', type: 'bytes[]' }],
  },
  {
    type: 'function',
    name: 'setTargetFunctionRole',
    stateMutability: 'nonpayable',
    inputs: [
      { name: 'target', type: 'address' },
      { name: 'selectors', type: 'bytes4[]' },
      { name: 'roleId', type: 'uint64' },
    ],
    outputs: [],
  },
  {
    type: 'function',
    name: 'grantRole',
    stateMutability: 'nonpayable',
    inputs: [
      { name: 'roleId', type: 'uint64' },
      { name: 'account', type: 'address' },
      { name: 'executionDelay', type: 'uint32' },
    ],
    outputs: [],
  },
] as const

/** Only the vault mints, only the settlement funds the vault, only the learner publishes. One transaction. */
export async function grantRoles(
  chain: ChainClients,
  contracts: Deployment['contracts'],
  learnerAccount: Address,
): Promise<void> {
  const { token, rewardVault, settlement, policyRegistry } = contracts
  const publish = 'function publish(bytes32,bytes32,bytes32,bytes32,uint64,string)'
  await sendTransaction(chain, {
    address: contracts.accessManager,
    abi: accessManagerAbi,
    functionName: 'multicall',
    args: [
      [
        ...restrict(token, 'function mint(address,uint256)', minter, rewardVault),
        ...restrict(rewardVault, 'function fund(uint64,bytes32,uint256)', settler, settlement),
        ...restrict(policyRegistry, publish, learner, learnerAccount),
      ],
    ],
  })
}

function restrict(target: Address, signature: string, role: bigint, holder: Address): Hex[] {
  return [
    encodeFunctionData({
      abi: accessManagerAbi,
      functionName: 'setTargetFunctionRole',
      args: [target, [toFunctionSelector(signature)], role],
    }),
    encodeFunctionData({ abi: accessManagerAbi, functionName: 'grantRole', args: [role, holder, 0] }),
  ]
}
