import { createRequire } from 'node:module'
import { defineConfig } from 'hardhat/config'
import { simulatedChain } from './cli/devnet/simulated-chain.ts'

const require = createRequire(import.meta.url)

/** The compiler comes from npm, so that a build downloads nothing. */
const compiler = { version: '0.8.37', path: require.resolve('solc/soljson.js') }
const settings = { evmVersion: 'osaka', optimizer: { enabled: true, runs: 10_000 } }
/** Long loops gain by the IR pipeline; with more runs Settlement would outgrow the largest contract. */
const lanes = { ...settings, viaIR: true, optimizer: { enabled: true, runs: 4_000 } }
/** Small and called often: code may grow for it. */
const quick = { ...settings, viaIR: true, optimizer: { enabled: true, runs: 1_000_000 } }

/**
 * `depth` calls in each of `sequences` for every stateful invariant, `runs` cases of every other property. A handler
 * expects the reverts that it provokes, so any other fails the run.
 */
function fuzzProfile({ runs, sequences, depth }: { runs: number; sequences: number; depth: number }) {
  return {
    fuzz: { runs, seed: '0x726f6c6c70726f6f66' },
    invariant: { runs: sequences, depth, failOnRevert: true },
  }
}

export default defineConfig({
  solidity: {
    splitTestsCompilation: true,
    compilers: [{ ...compiler, settings }],
    overrides: {
      'contracts/RolloutLog.sol': { ...compiler, settings: { ...settings, viaIR: true } },
      'contracts/DrandBeacon.sol': { ...compiler, settings: quick },
      'contracts/ScoreBook.sol': { ...compiler, settings: quick },
      'contracts/Settlement.sol': { ...compiler, settings: lanes },
      'contracts/StakeRegistry.sol': { ...compiler, settings: lanes },
    },
    npmFilesToBuild: ['@openzeppelin/contracts/access/manager/AccessManager.sol'],
  },
  paths: { tests: { solidity: './test/solidity' } },
  test: {
    solidity: {
      profiles: {
        default: fuzzProfile({ runs: 64, sequences: 8, depth: 64 }),
        nightly: fuzzProfile({ runs: 5_000, sequences: 200, depth: 256 }),
      },
    },
  },
  networks: { default: simulatedChain, node: simulatedChain },
})
