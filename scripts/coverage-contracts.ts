import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import hre from 'hardhat'
import { markTestRunDone, markTestRunStart, markTestWorkerDone } from 'hardhat/internal/coverage'

/**
 * Which lines of contracts the contract tests run, those in TypeScript and those in Solidity: both run on contracts
 * that Hardhat has instrumented, and the figures are of both together. Fails below 95 % of lines. Afterwards the
 * contracts are built again as they are deployed.
 */
const least = 0.95
/** One measures gas, which instruments change; the other starts the Solidity tests, which run here already. */
const apart = ['--exclude', '**/gas.test.ts', '--exclude', '**/solidity.test.ts']
const patience = ['--testTimeout=600000', '--hookTimeout=600000']

try {
  await hre.tasks.getTask('build').run({ force: true, noTests: true, quiet: true })
  await markTestRunStart('vitest')
  await hre.tasks.getTask(['test', 'solidity']).run({})
  await markTestWorkerDone('vitest')
  const failed = run('vitest', ['run', 'test/contracts', ...apart, ...patience])
  await markTestRunDone('vitest')
  const share = lineCoverage(readFileSync('coverage/lcov.info', 'utf8'))
  console.log(`${(100 * share).toFixed(2)} % of lines`)
  if (failed || share < least) process.exitCode = 1
} finally {
  run('hardhat', ['build', '--force', '--no-tests', '--quiet'], { HARDHAT_COVERAGE: 'false' })
}

function run(command: string, args: readonly string[], env = {}): boolean {
  const { status } = spawnSync(`node_modules/.bin/${command}`, args, {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  return status !== 0
}

/** Of the contracts, without what only tests use. */
function lineCoverage(lcov: string): number {
  const files = lcov.split('end_of_record').filter((file) => !file.includes('SF:contracts/test/'))
  const sum = (field: string) =>
    files.reduce(
      (total, file) => total + Number(new RegExp(`^${field}:(\\d+)$`, 'm').exec(file)?.[1] ?? 0),
      0,
    )
  return sum('LH') / sum('LF')
}
