/** Role ids in the access manager. What no role is named for is the administrator's, which is the timelock. */
export const adminRole = 0n
/** Publishes checkpoints. */
export const learnerRole = 1n
