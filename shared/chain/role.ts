import { SubnetError } from '../errors.ts'

/** `Role` and `Standing` of IStakeRegistry.sol, which counts them in this order. */
const roles = ['miner', 'validator'] as const
const standings = ['vacant', 'active', 'exiting', 'retired'] as const

export type Role = (typeof roles)[number]
export type Standing = (typeof standings)[number]

export function roleIndex(role: Role): number {
  return roles.indexOf(role)
}

/** @throws SubnetError CHAIN_MALFORMED for a standing that the contract does not have */
export function standingAt(index: number): Standing {
  const standing = standings[index]
  if (standing) return standing
  throw new SubnetError(
    'CHAIN_MALFORMED',
    `the endpoint answered with standing ${index}, which no identity has. Use another endpoint.`,
  )
}
