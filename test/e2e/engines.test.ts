import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runProgram } from '../helpers/program.ts'
import { pythonWith } from '../helpers/python.ts'

test('validators accept what transformers generates', { timeout: 900_000 }, async (context) => {
  const python = pythonWith('numpy', 'torch', 'transformers')
  if (!python) return context.skip('no Python with torch and transformers: set ROLLPROOF_PYTHON to one')
  const dir = mkdtempSync(join(tmpdir(), 'rollproof-engines-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const report = join(dir, 'report.json')
  const { output } = await runProgram(
    [
      ...['devnet', '--windows', '1', '--miners', '1', '--validators', '1', '--adversary', 'none'],
      ...['--report', report, '--data-dir', join(dir, 'data')],
    ],
    // Threads that wait for each other in a loop take the cores from everybody else.
    { ROLLPROOF_ENGINE: 'transformers', ROLLPROOF_ENGINE_PYTHON: python, OMP_NUM_THREADS: '1' },
  )
  // A devnet holds its miners to the same bits on one machine; other kernels differ by a step of a sketch here and there.
  const held =
    /^(every expectation held|broken: .* sketch drifted by [\d.e-]+ on one machine, where the bits must agree)$/
  expect(output.trim().split('\n').at(-1), output).toMatch(held)
  const [miner] = JSON.parse(readFileSync(report, 'utf8')).miners
  expect(miner).toMatchObject({ behaviour: 'honest', groups: 16, rejected: 0, reasons: {} })
  expect(miner.audited).toBeGreaterThan(0)
  expect(miner.accepted).toBe(miner.audited)
})
