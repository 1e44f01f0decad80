/**
 * npm run exactness -- [--write]
 *
 * Proves what the two numerics profiles promise, on a fixed window of the default policy: under `exact` the same
 * tokens, sketches, log-probabilities and verdicts on this machine and on emulated arm64, on one thread and on two;
 * under `fast` the same within this machine's class of kernels. Compares with test/vectors/exactness.json, which
 * `--write` renews; a class of kernels that is not in it yet is only added by `--write`.
 */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import type { WindowDigest } from './exactness/digest-window.ts'
import { findArm64 } from './exactness/emulation.ts'

interface Vectors {
  readonly about: string
  readonly exact: WindowDigest
  /** By kernel class, as `nativeKernelClass` names it. */
  readonly fast: Readonly<Record<string, WindowDigest>>
}

interface Measured {
  readonly kernels: string
  readonly arch: string
  readonly digests: WindowDigest
}

const { values: flags } = parseArgs({ options: { write: { type: 'boolean', default: false } } })
const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const vectorsFile = pathOf('../test/vectors/exactness.json')
const known: Vectors = JSON.parse(readFileSync(vectorsFile, 'utf8'))
const arm64 = findArm64(pathOf('../data/arm64'))

const runs = [
  { where: 'this machine', command: [process.execPath] },
  ...('command' in arm64 ? [{ where: 'emulated arm64', command: arm64.command }] : []),
].flatMap(({ where, command }) =>
  (['exact', 'fast'] as const)
    .filter((profile) => profile === 'exact' || where === 'this machine')
    .flatMap((profile) => [1, 2].map((threads) => ({ where, command, profile, threads }))),
)

let exact = known.exact
let fast = known.fast
let broken = 0
for (const { where, command, profile, threads } of runs) {
  const { kernels, arch, digests } = await measure(command, profile, threads)
  const first = where === 'this machine' && threads === 1
  if (flags.write && first && profile === 'exact') exact = digests
  if (flags.write && first && profile === 'fast') fast = { ...fast, [kernels]: digests }
  const expected = profile === 'exact' ? exact : fast[kernels]
  const wrong = Object.entries(digests).flatMap(([name, digest]) =>
    expected && expected[name as keyof WindowDigest] !== digest ? [name] : [],
  )
  const verdict = !expected
    ? 'not in the vectors yet: --write adds it'
    : wrong.length === 0
      ? 'equal'
      : `DIFFERS in ${wrong}`
  if (wrong.length > 0) broken++
  console.log(
    `${profile}, ${kernels}, ${arch} (${where}), ${threads} thread${threads > 1 ? 's' : ''}: ${verdict}`,
  )
}
if ('missing' in arm64) console.log(arm64.missing)
for (const [name, digest] of Object.entries(exact)) console.log(`${name} ${digest}`)
if (flags.write) writeFileSync(vectorsFile, `${JSON.stringify({ ...known, exact, fast }, null, 1)}\n`)
if (broken > 0) {
  console.error(`${broken} of ${runs.length} runs gave other bits than the vectors`)
  process.exitCode = 1
}

async function measure(command: readonly string[], profile: string, threads: number): Promise<Measured> {
  const [program, ...given] = command
  const args = [
    ...given,
    '--disable-warning=ExperimentalWarning',
    pathOf('./exactness-main.ts'),
    profile,
    String(threads),
  ]
  const { stdout } = await promisify(execFile)(program, args)
  return JSON.parse(stdout)
}
