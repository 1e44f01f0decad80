/** Role ids in the access manager. What no role is named for is the administrator's, which is the timelock. */
export const adminRole = 0n
export const minterRole = 1n
export const settlerRole = 2n
/** Publishes checkpoints. */
export const learnerRole = 3n
/** Takes stake for a proven fault. */
export const slasherRole = 4n
