import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { isRunning } from '../../../../cli/status/is-running.ts'
import { openMinerJournal } from '../../../../miner/journal.ts'

it('a role runs for as long as it holds its journal', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const path = join(dir, 'miner-0.sqlite')
  expect(isRunning(path)).toBe(false)
  const journal = openMinerJournal(path)
  expect(isRunning(path)).toBe(true)
  journal.close()
  expect(isRunning(path)).toBe(false)
})
