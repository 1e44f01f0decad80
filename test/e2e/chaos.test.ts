import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ChaosReport } from '../../cli/chaos/chaos-report.ts'
import { processesOf, runProgram, startProgram } from '../helpers/program.ts'

/** Who runs, and what is mounted, is looked up in /proc. */
const linuxTest = test.skipIf(platform() !== 'linux')

/** Roles start some twenty times, seconds of computing each: only what hangs may meet this limit. */
const timeout = 900_000

const small = ['--miners', '2', '--validators', '2', '--seed', '3']

function emptyDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('a window full of faults harms nobody, and everybody is back after it', { timeout }, async () => {
  const dir = emptyDirectory()
  const file = join(dir, 'report.json')
  const flags = [...small, '--faults', '20', '--data-dir', join(dir, 'data'), '--report', file]
  const { code, output } = await runProgram(['chaos', ...flags])
  expect(output.trim().split('\n').at(-1)).toBe('every goal was reached')
  expect(code).toBe(0)
  const report: ChaosReport = JSON.parse(readFileSync(file, 'utf8'))
  expect(report).toMatchObject({ doubleCommits: [], falseVerdicts: {}, notRecovered: [] })
  expect(report.faults).toBeGreaterThanOrEqual(20)
  expect(report.auditedRollouts).toBeGreaterThan(0)
  expect(report.starts).toBeGreaterThan(report.roles.length)
})

linuxTest('Ctrl-C ends every process and takes down what was mounted', async () => {
  const dataDir = join(emptyDirectory(), 'data')
  const chaos = startProgram(['chaos', ...small, '--data-dir', dataDir])
  await chaos.says('window 1 of 1: generate')
  chaos.interrupt()
  const { code, output } = await chaos.ended
  expect(code).toBe(1)
  expect(output.trim().split('\n').at(-1)).toBe('broken: stopped before the end')
  expect(processesOf(chaos.pid)).toEqual([])
  expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(dataDir)
  expect(existsSync(dataDir)).toBe(true)
})
