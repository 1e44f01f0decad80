import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { gsm8kPath } from '../helpers/gsm8k-data.ts'
import { runProgram } from '../helpers/program.ts'

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/)
const count = z.int().min(0)
const share = z.number().min(0).max(1)

/** The report as it is promised to those who read it by program: these fields and no others. */
const reportSchema = z.strictObject({
  windows: count,
  environment: z.string(),
  policy: z.string().regex(/^0x[0-9a-f]{64}$/),
  miners: z.array(
    z.strictObject({
      address,
      behaviour: z.enum(['honest', 'stale', 'forge', 'shortcut']),
      groups: count,
      rollouts: count,
      tokens: count,
      audited: count,
      accepted: count,
      rejected: count,
      reasons: z.record(z.string(), count),
      incentive: share,
      claimed: z.string().regex(/^\d+$/),
    }),
  ),
  validators: z.array(
    z.strictObject({ address, committed: count, revealed: count, abstained: count, dividend: share }),
  ),
  timings: z.record(z.string(), z.number().min(0)),
})

async function runDevnet(...flags: string[]) {
  const dir = mkdtempSync(join(tmpdir(), 'rollproof-report-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const report = join(dir, 'new', 'report.json')
  const { code, output } = await runProgram(['devnet', '--report', report, ...flags])
  expect(output.trim().split('\n').at(-1), output).toBe('every expectation held')
  expect(code).toBe(0)
  return { output, report: reportSchema.parse(JSON.parse(readFileSync(report, 'utf8'))) }
}

type Report = z.output<typeof reportSchema>

/** What must hold in every run, whoever takes part. */
function expectJustice({ miners, validators }: Report, windows: number, of = { groups: 16, size: 8 }): void {
  const honest = miners.filter(({ behaviour }) => behaviour === 'honest')
  for (const {
    audited,
    accepted,
    rejected,
    reasons,
    groups,
    rollouts,
    tokens,
    incentive,
    claimed,
  } of honest) {
    expect({ rejected, reasons }).toEqual({ rejected: 0, reasons: {} })
    expect(accepted).toBe(audited)
    expect(audited).toBeGreaterThan(0)
    expect({ groups, rollouts }).toEqual({
      groups: of.groups * windows,
      rollouts: of.groups * of.size * windows,
    })
    expect(tokens).toBeGreaterThanOrEqual(rollouts)
    expect(incentive).toBeGreaterThan(0)
    expect(BigInt(claimed)).toBeGreaterThan(0n)
  }
  expect(honest.reduce((sum, { incentive }) => sum + incentive, 0)).toBeCloseTo(1, 5)
  for (const cheat of miners.filter(({ behaviour }) => behaviour !== 'honest')) {
    expect(cheat).toMatchObject({ accepted: 0, rejected: cheat.audited, incentive: 0, claimed: '0' })
    expect(cheat.audited).toBeGreaterThan(0)
    const expected = cheat.behaviour === 'stale' ? 'SKETCH_MISMATCH' : 'TOKEN_NOT_OWED'
    expect(cheat.reasons[expected]).toBeGreaterThan(cheat.audited / 2)
  }
  for (const { committed, revealed, abstained, dividend } of validators) {
    expect({ committed, revealed, abstained }).toEqual({
      committed: windows,
      revealed: windows,
      abstained: 0,
    })
    expect(dividend).toBeGreaterThan(0)
  }
  expect(validators.reduce((sum, { dividend }) => sum + dividend, 0)).toBeCloseTo(1, 5)
}

test('the default cast: honest miners share everything, both cheats fall for what they did', async () => {
  const { report, output } = await runDevnet('--windows', '2')
  expect(report).toMatchObject({ windows: 2, environment: 'word-problems' })
  expect(report.miners.map(({ behaviour }) => behaviour)).toEqual([
    'honest',
    'honest',
    'honest',
    'stale',
    'forge',
  ])
  expect(report.validators).toHaveLength(3)
  expectJustice(report, 2)
  expect(Object.keys(report.timings)).toEqual(
    expect.arrayContaining([
      'setupSeconds',
      'generate',
      'audit',
      'reveal',
      'settle',
      'claim',
      'totalSeconds',
    ]),
  )
  expect(output).toContain('window 2 of 2')
  expect(output).toContain('SKETCH_MISMATCH')
})

test('satisfiability under exact numerics, with another cast', async () => {
  const { report } = await runDevnet(
    ...['--environment', 'sat', '--numerics', 'exact', '--windows', '1'],
    ...['--miners', '1', '--validators', '1', '--adversary', 'stale'],
  )
  expect(report).toMatchObject({ windows: 1, environment: 'sat' })
  expect(report.miners.map(({ behaviour }) => behaviour)).toEqual(['honest', 'stale'])
  expectJustice(report, 1)
})

test('a policy that somebody brought, in small groups', async () => {
  const { report } = await runDevnet(
    ...['--policy', 'models/default', '--groups', '3', '--group-size', '4', '--windows', '1'],
    ...['--miners', '1', '--validators', '1'],
  )
  expect(report.miners.map(({ behaviour }) => behaviour)).toEqual(['honest', 'forge'])
  expectJustice(report, 1, { groups: 3, size: 4 })
})

const dataset = gsm8kPath('test.jsonl')

test.skipIf(!dataset)('GSM8K through the same loop', async () => {
  const { report } = await runDevnet(
    ...['--environment', 'gsm8k', '--dataset', String(dataset), '--windows', '1'],
    ...['--miners', '1', '--validators', '1', '--adversary', 'forge'],
  )
  expect(report.environment).toBe('gsm8k')
  expectJustice(report, 1)
})
