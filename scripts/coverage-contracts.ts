import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import hre from 'hardhat'
import { markTestRunDone, markTestRunStart, markTestWorkerDone } from 'hardhat/internal/coverage'
import { type Branch, markBranches } from './branches/mark-branches.ts'
import { coverBranches } from './branches/report-branches.ts'

/**
 * Which lines and branches of contracts the contract tests run, those in TypeScript and those in Solidity: both run
 * on contracts that Hardhat has instrumented, and the figures are of both together. Hardhat counts statements only,
 * so every condition is marked besides. Fails below 95 % of lines. Afterwards the contracts are built again as they
 * are deployed.
 */
const least = 0.95
/** One measures gas, which instruments change; the other starts the Solidity tests, which run here already. */
const apart = ['--exclude', '**/gas.test.ts', '--exclude', '**/solidity.test.ts']
const patience = ['--testTimeout=600000', '--hookTimeout=600000']

/** By file: a file is built once for deployment and once for the Solidity tests. */
const branches = new Map<string, readonly Branch[]>()
const inAssembly = new Map<string, number>()
hre.hooks.registerHandlers('solidity', {
  preprocessProjectFileBeforeBuilding: async (context, name, file, original, version, next) => {
    const instrumented = await next(context, name, file, original, version)
    const path = relative(context.config.paths.root, file)
    if (!path.startsWith('contracts/') || path.startsWith('contracts/test/')) return instrumented
    const marked = markBranches(path, original, instrumented)
    branches.set(path, marked.branches)
    inAssembly.set(path, marked.inAssembly)
    return marked.source
  },
})

try {
  await hre.tasks.getTask('build').run({ force: true, noTests: true, quiet: true })
  await markTestRunStart('vitest')
  await hre.tasks.getTask(['test', 'solidity']).run({})
  await markTestWorkerDone('vitest')
  const failed = run('vitest', ['run', 'test/contracts', ...apart, ...patience])
  await markTestRunDone('vitest')
  const share = lineCoverage(readFileSync('coverage/lcov.info', 'utf8'))
  reportBranches()
  console.log(`${(100 * share).toFixed(2)} % of lines`)
  if (failed || share < least) process.exitCode = 1
} finally {
  run('hardhat', ['build', '--force', '--no-tests', '--quiet'], { HARDHAT_COVERAGE: 'false' })
}

function reportBranches(): void {
  const { outcomes, covered, uncovered } = coverBranches([...branches.values()].flat(), executedTags())
  for (const line of uncovered) console.log(line)
  const untold = [...inAssembly.values()].reduce((sum, count) => sum + count, 0)
  const percent = ((100 * covered) / outcomes).toFixed(2)
  console.log(
    `${percent} % of branches: ${covered} of ${outcomes} outcomes; ${untold} branches in assembly not told`,
  )
}

/** What every test process has left. */
function executedTags(): Set<string> {
  const folder = 'coverage/data/vitest'
  const tags = readdirSync(folder).flatMap((file) => {
    return Object.keys(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')))
  })
  return new Set(tags)
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
