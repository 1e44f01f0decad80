import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { runProgram } from '../helpers/program.ts'

const count = z.int().min(0)
const share = z.number().min(0).max(1)

/** The report as it is promised to those who read it by program: these fields and no others. */
const reportSchema = z.strictObject({
  environment: z.string(),
  verified: z.boolean(),
  miners: z.array(z.enum(['honest', 'stale', 'forge', 'shortcut'])),
  seed: count,
  windows: count,
  evalSeed: count,
  problems: count,
  before: share,
  after: share,
  beforeError: share,
  afterError: share,
  greedyBefore: share,
  greedyAfter: share,
  steps: count,
  rollouts: count,
  poisonedRolloutsTrained: count,
  refusedBundles: count,
  replays: z.strictObject({
    replays: count,
    equal: count,
    objected: count,
    cpuSeconds: z.number().min(0),
  }),
  cpuSeconds: z.number().positive(),
  cpuSecondsBy: z.record(z.string(), z.number().min(0)),
  wallSeconds: z.number().positive(),
  curve: z.array(
    z.strictObject({
      policy: z.string().regex(/^0x[0-9a-f]{64}$/),
      steps: count,
      rollouts: count,
      passRate: share,
      standardError: share,
      problems: count,
    }),
  ),
})

/** Seeds follow the beacon's clock, so no two runs draw alike; that none of so many groups teaches anything is beyond luck. */
const groups = 16
/** Only ends what hangs: a whole network starts here, twice, beside whatever else the machine does. */
const timeout = 1_200_000

async function learn(...flags: string[]) {
  const dir = mkdtempSync(join(tmpdir(), 'rollproof-report-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const [reportFile, plotFile] = [join(dir, 'report.json'), join(dir, 'plot.svg')]
  const small = ['--miners', '1', '--groups', String(groups), '--problems', '16', '--eval-seed', '5']
  // However slow the machine: it is windows that end a run.
  const patient = ['--minutes', '10000']
  const { code, output } = await runProgram([
    ...['learn', '--report', reportFile, '--plot', plotFile, ...small, ...patient, ...flags],
  ])
  const parsed = reportSchema.safeParse(JSON.parse(readFileSync(reportFile, 'utf8')))
  expect(parsed.error, output).toBeUndefined()
  const report = parsed.data as z.output<typeof reportSchema>
  const last = report.curve.at(-1)
  expect(last).toMatchObject({ steps: report.steps, rollouts: report.rollouts, passRate: report.after })
  expect(report.curve[0]).toMatchObject({ steps: 0, rollouts: 0, passRate: report.before, problems: 16 })
  expect(readFileSync(plotFile, 'utf8')).toContain('held-out pass@1')
  expect(code, output).toBe(report.after > report.before ? 0 : 1)
  return { report, output }
}

test('with verification, two windows make two policies and no forged rollout is trained on', {
  timeout,
}, async () => {
  const { report, output } = await learn('--windows', '2')
  expect(report).toMatchObject({ windows: 2, verified: true, miners: ['honest', 'shortcut'], problems: 16 })
  expect(report.poisonedRolloutsTrained).toBe(0)
  expect(report.refusedBundles).toBeGreaterThan(0)
  expect(report.curve).toHaveLength(3)
  expect(report.replays).toMatchObject({ replays: 2, equal: 2, objected: 0 })
  expect(report.rollouts % 8).toBe(0)
  expect(report.rollouts).toBeLessThanOrEqual(2 * groups * 8)
  expect(output).toContain('refused the bundle of miner-1 (sampling: TOKEN_NOT_OWED)')
})

test('without it, they are', { timeout }, async () => {
  const { report } = await learn('--windows', '1', '--no-verify')
  expect(report).toMatchObject({ windows: 1, verified: false, refusedBundles: 0 })
  expect(report.replays.replays).toBe(0)
  expect(report.poisonedRolloutsTrained).toBe(groups * 8)
})
