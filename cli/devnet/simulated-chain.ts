/**
 * The chain that the devnet runs and that contracts are tested on. Same timestamps are allowed because the devnet
 * skips idle blocks with `hardhat_mine(n, 0)`: block time must stay at wall-clock time, or the beacon's rounds would
 * lie in the future.
 */
export const simulatedChain = {
  type: 'edr-simulated',
  chainType: 'l1',
  chainId: 31337,
  hardfork: 'osaka',
  allowBlocksWithSameTimestamp: true,
} as const
