import { createRequire } from 'node:module'
import { defineConfig } from 'hardhat/config'

const require = createRequire(import.meta.url)

/** The compiler comes from npm, so that a build downloads nothing. */
const compiler = { version: '0.8.37', path: require.resolve('solc/soljson.js') }
const settings = { evmVersion: 'osaka', optimizer: { enabled: true, runs: 10_000 } }

/**
 * Same timestamps are allowed because the devnet skips idle blocks with `hardhat_mine(n, 0)`: block time must
 * stay at wall-clock time, or the beacon's rounds would lie in the future.
 */
const simulated = {
  type: 'edr-simulated',
  chainType: 'l1',
  chainId: 31337,
  hardfork: 'osaka',
  allowBlocksWithSameTimestamp: true,
} as const

export default defineConfig({
  solidity: {
    compilers: [{ ...compiler, settings }],
    overrides: { 'contracts/Settlement.sol': { ...compiler, settings: { ...settings, viaIR: true } } },
    npmFilesToBuild: [
      '@openzeppelin/contracts/access/manager/AccessManager.sol',
      '@openzeppelin/contracts/governance/TimelockController.sol',
    ],
  },
  networks: { default: simulated, node: simulated },
})
