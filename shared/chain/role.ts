/** `Role` and `Standing` of IStakeRegistry.sol, which counts them in this order. */
const roles = ['miner', 'validator'] as const
const standings = ['vacant', 'active', 'exiting', 'retired'] as const

export type Role = (typeof roles)[number]
export type Standing = (typeof standings)[number]

export function roleIndex(role: Role): number {
  return roles.indexOf(role)
}

export function standingAt(index: number): Standing {
  return standings[index]
}
