import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openMinerJournal, type PreparedWindow } from '../../../miner/journal.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'miner-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const prepared: PreparedWindow = {
  window: 7,
  policy: `0x${'cd'.repeat(32)}`,
  opening: `0x${'ee'.repeat(32)} 9`,
  root: `0x${'01'.repeat(32)}`,
  groups: 3,
}

it('remembers a prepared window and what became of it, over a restart', () => {
  const path = join(dir, 'miner.sqlite')
  const before = openMinerJournal(path)
  expect(before.find(7)).toBeUndefined()
  before.prepare(prepared)
  before.prepare({ ...prepared, window: 8 })
  before.settle(8, 'missed')
  before.close()

  const after = openMinerJournal(path)
  expect(after.find(7)).toEqual({ ...prepared, state: 'prepared' })
  expect(after.find(8)).toEqual({ ...prepared, window: 8, state: 'missed' })
  after.settle(7, 'committed')
  expect(after.find(7)?.state).toBe('committed')
  after.close()
})

it('prepares a window once: a second answer to it is refused', () => {
  const journal = openMinerJournal(join(dir, 'miner.sqlite'))
  journal.prepare(prepared)
  expect(() => journal.prepare({ ...prepared, root: `0x${'02'.repeat(32)}` })).toThrow()
  expect(journal.find(7)?.root).toBe(prepared.root)
  journal.close()
})

it('answers anew a window that opened anew, and knows which windows are not settled', () => {
  const journal = openMinerJournal(join(dir, 'miner.sqlite'))
  journal.prepare(prepared)
  journal.prepare({ ...prepared, window: 8 })
  const anew = { ...prepared, opening: `0x${'ff'.repeat(32)} 10`, root: `0x${'02'.repeat(32)}` as const }
  journal.prepare(anew)
  expect(journal.find(7)).toMatchObject({ ...anew, state: 'prepared' })
  expect(journal.unsettled()).toEqual([7, 8])
  journal.settle(7, 'committed')
  journal.settle(8, 'missed')
  expect(journal.unsettled()).toEqual([])
  expect(journal.settled().map(({ window }) => window)).toEqual([7, 8])
  journal.close()
})
