/**
 * npm run fuzz -- [--count N] [--seed N] [--from N] [--json FILE]
 *
 * Mutates bundles that the embedded policy generated, in five ways, and puts each to a validator's reading. Every
 * mutant must end in a verdict with a reason, or be the very content that was committed, within the limits below;
 * every sixteenth that can be read is audited whole, as if its sender had committed to it. A finding is told by
 * seed and number: `--seed S --from N --count 1` meets it again.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readCheckpoint } from '../model/checkpoint/read-checkpoint.ts'
import { openPolicies } from '../model/policy.ts'
import { mutantOf } from './fuzz/mutate.ts'
import { createSubject } from './fuzz/subject.ts'
import { auditReadable, verdictOf } from './fuzz/verdict-of.ts'

/** Stated limits: of one verdict on a bundle of this size, and of what the whole run adds to the process. */
const maxVerdictMs = 1000
const maxAddedMiB = 512
const auditEvery = 16

const { values: flags } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    json: { type: 'string' },
  },
})
const [count, seed, from] = (['count', 'seed', 'from'] as const).map((name) => {
  const value = Number(flags[name])
  if (Number.isSafeInteger(value) && value >= (name === 'count' ? 1 : 0)) return value
  throw new RangeError(`--${name} is ${flags[name]}; give a whole number`)
})

const dir = fileURLToPath(new URL('../models/default', import.meta.url))
const policies = openPolicies({ checkpoints: [dir], dataset: null })
const policy = await policies.open((await readCheckpoint(dir)).manifestHash)
const subjects = [await createSubject(policy, 1, 2), await createSubject(policy, 4, 4)]
for (const subject of subjects) await auditReadable(policy, subject, subject.compressed)
const baseline = process.memoryUsage.rss()

const verdictMs = new Float64Array(count)
const endings: Record<string, Record<string, number>> = {}
const escapes: string[] = []
let readable = 0
let audited = 0
let peak = baseline
for (let i = 0; i < count; i++) {
  const index = from + i
  const { family, mutation, subject, bytes } = mutantOf(subjects, seed, index)
  const startedMs = performance.now()
  try {
    const ending = verdictOf(policy, subject, bytes)
    verdictMs[i] = performance.now() - startedMs
    endings[family] ??= {}
    endings[family][ending.reason] = (endings[family][ending.reason] ?? 0) + 1
    if (ending.readable && ++readable % auditEvery === 0) {
      await auditReadable(policy, subject, bytes)
      audited++
    }
  } catch (error) {
    escapes.push(`--seed ${seed} --from ${index}, ${family}, ${mutation}: ${(error as Error).stack}`)
  }
  if (verdictMs[i] > maxVerdictMs) {
    escapes.push(
      `--seed ${seed} --from ${index}, ${family}, ${mutation}: took ${Math.round(verdictMs[i])} ms`,
    )
  }
  peak = Math.max(peak, process.memoryUsage.rss())
  if ((i + 1) % 20_000 === 0) process.stderr.write(`${i + 1} of ${count} …\n`)
}
await policies.close()

const sorted = verdictMs.toSorted()
const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20)
const addedMiB = mebibytes(peak - baseline)
if (addedMiB > maxAddedMiB) escapes.push(`the run added ${addedMiB} MiB to the process`)
const report = {
  seed,
  from,
  mutants: count,
  readable,
  audited,
  escapes: escapes.length,
  medianMs: round(sorted[Math.floor(count / 2)]),
  p99Ms: round(sorted[Math.floor(count * 0.99)]),
  maxMs: round(sorted[count - 1]),
  limitMs: maxVerdictMs,
  baselineMiB: mebibytes(baseline),
  peakMiB: mebibytes(peak),
  addedMiB,
  limitAddedMiB: maxAddedMiB,
  endings,
}
for (const line of escapes.slice(0, 20)) console.error(`escaped: ${line}`)
console.log(JSON.stringify(report, null, 2))
if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, null, 2)}\n`)
process.exitCode = escapes.length > 0 ? 1 : 0

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
