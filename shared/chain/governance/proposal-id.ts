import { encodeAbiParameters, keccak256, toHex } from 'viem'
import type { Action } from './action.ts'

const types = [
  { type: 'address[]' },
  { type: 'uint256[]' },
  { type: 'bytes[]' },
  { type: 'bytes32' },
] as const

/** `Governor.hashProposal`: the same calls with the same description are the same proposal. */
export function proposalId(actions: readonly Action[], description: string): bigint {
  const columns = [
    actions.map(({ target }) => target),
    actions.map(({ value }) => value),
    actions.map(({ data }) => data),
    keccak256(toHex(description)),
  ] as const
  return BigInt(keccak256(encodeAbiParameters(types, columns)))
}
