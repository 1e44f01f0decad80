/**
 * npm run bench -- [--runs N] [--checkpoint DIR] [--json FILE]
 *
 * One miner's and one validator's window and a learner's steps, measured with the code that the roles run, without the
 * chain. Profiles take turns within each run, so that a busy machine is unfair to both alike; figures are medians over
 * the runs.
 * Then what a validator's work is as a share of the miner's, for growing windows.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Hex } from 'viem'
import { deriveCheckpoint } from '../model/checkpoint/checkpoint.ts'
import { readCheckpoint } from '../model/checkpoint/read-checkpoint.ts'
import { writeCheckpoint } from '../model/checkpoint/write-checkpoint.ts'
import { type CostRow, renderCost } from './cost.ts'
import { type Measured, renderReport } from './render.ts'
import { spread } from './spread.ts'
import type { Assignment, Figures, MinerResult, TrainerResult, ValidatorResult } from './window.ts'

const profiles = ['fast', 'exact'] as const

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    checkpoint: {
      type: 'string',
      default: fileURLToPath(new URL('../models/default', import.meta.url)),
    },
    json: { type: 'string' },
  },
})
const runs = Number(flags.runs)
if (!Number.isInteger(runs) || runs < 1)
  throw new RangeError(`--runs is ${flags.runs}; give a whole number from 1`)

const temporary = mkdtempSync(join(tmpdir(), 'rollproof-bench-'))
try {
  const checkpoint = await readCheckpoint(flags.checkpoint)
  const policies = new Map<string, Hex>()
  for (const profile of profiles) {
    const derived = deriveCheckpoint(checkpoint, { profile })
    await writeCheckpoint(join(temporary, derived.manifestHash), derived)
    policies.set(profile, derived.manifestHash)
  }
  const measured = profiles.map((): Figures[] => [])
  const runtimes: string[] = []
  for (let run = 0; run < runs; run++) {
    for (const [index, profile] of profiles.entries()) {
      process.stderr.write(`run ${run + 1} of ${runs}, ${profile} …\n`)
      const { figures, runtime } = measure(profile, policies.get(profile) as Hex, run)
      measured[index].push(figures)
      runtimes[index] = runtime
    }
  }
  const report: Measured = {
    machine: {
      cpu: cpus()[0].model.trim(),
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform} ${process.arch}`,
      node: process.version,
    },
    version: JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version,
    runs,
    profiles: profiles.map((profile, index) => ({
      profile,
      runtime: runtimes[index],
      figures: spread(measured[index]),
    })),
  }
  console.log(renderReport(report))
  const cost = Object.fromEntries(
    profiles.map((profile): [string, CostRow[]] => {
      process.stderr.write(`cost, ${profile} …\n`)
      return [profile, inProcess('./cost-main.ts', assign(policies.get(profile) as Hex, 0))]
    }),
  )
  for (const [profile, rows] of Object.entries(cost)) console.log(renderCost(profile, rows))
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify({ ...report, cost }, null, 2)}\n`)
} finally {
  rmSync(temporary, { recursive: true, force: true })
}

function assign(policy: Hex, run: number): Assignment {
  return { checkpoints: temporary, policy, run, bundles: join(temporary, 'bundles') }
}

function measure(profile: string, policy: Hex, run: number): { figures: Figures; runtime: string } {
  const assignment = assign(policy, run)
  const mined: MinerResult = inProcess('./miner-main.ts', assignment)
  const { committed, runtime } = mined
  const audited: ValidatorResult = inProcess('./validator-main.ts', { ...assignment, committed })
  if (audited.rejected > 0) throw new Error(`${audited.rejected} honest rollouts were rejected in run ${run}`)
  const trained: TrainerResult = inProcess('./train-main.ts', { profile })
  const figures = { ...mined.figures, ...audited.figures, ...trained.figures }
  const ratio = figures.verifiedTokensPerSecond / figures.generatedTokensPerSecond
  return { runtime, figures: { ...figures, verifiedToGenerated: ratio } }
}

function inProcess<Result>(module: string, assignment: object): Result {
  const path = fileURLToPath(new URL(module, import.meta.url))
  const given = [...process.execArgv, path, JSON.stringify(assignment)]
  return JSON.parse(execFileSync(process.execPath, given, { encoding: 'utf8', maxBuffer: 2 ** 26 }))
}
