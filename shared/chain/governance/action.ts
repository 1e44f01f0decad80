import { type Address, decodeFunctionData, getAddress, type Hex, isAddressEqual } from 'viem'
import { type ContractName, contractAbis } from '../contract-abis.ts'
import type { Deployment } from '../deployment.ts'

/** One call that the timelock makes when a proposal is executed. */
export interface Action {
  readonly target: Address
  /** Of the chain's own currency. */
  readonly value: bigint
  readonly data: Hex
}

/** An action in the words of the subnet's own contracts. */
export interface DecodedAction extends Action {
  readonly contract: ContractName
  readonly functionName: string
  readonly args: readonly unknown[]
}

/** Null where the call is to no contract of the subnet, or to no function that it has. */
export function decodeAction(contracts: Deployment['contracts'], action: Action): DecodedAction | null {
  const names = Object.keys(contractAbis) as ContractName[]
  const contract = names.find((name) => isAddressEqual(getAddress(contracts[name]), action.target))
  if (contract === undefined) return null
  try {
    const { functionName, args } = decodeFunctionData({ abi: contractAbis[contract], data: action.data })
    return { ...action, contract, functionName, args: args ?? [] }
  } catch {
    return null
  }
}
