import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ChosenUpdate, type DeliveryEntry, openLearnerJournal } from '../../../learner/journal.ts'
import { DEFAULT_RECIPE } from '../../../learner/recipe.ts'
import { nameOf } from '../../../learner/take-update.ts'
import { admittedGroup } from './admitted-groups.ts'

let dir: string
let path: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'learner-'))
  path = join(dir, 'learner.sqlite')
})
afterEach(() => rmSync(dir, { recursive: true }))

const policy = `0x${'aa'.repeat(32)}` as const
const child = `0x${'bb'.repeat(32)}` as const
const admitted: DeliveryEntry = {
  ...{ window: 3, miner: 1, policy, status: 'admitted', bundle: 'cd'.repeat(32), reason: null },
}
const refused: DeliveryEntry = {
  ...admitted,
  status: 'refused',
  bundle: null,
  reason: 'sampling: TOKEN_NOT_OWED',
}
const chosen: ChosenUpdate = {
  parent: policy,
  window: 3,
  recipe: DEFAULT_RECIPE,
  groups: [0, 1].map((group) => nameOf(admittedGroup({ window: 3, miner: 1, group }, [0, 1]))),
}

it('remembers over a restart what was collected and what waits to be trained on', () => {
  const before = openLearnerJournal(path)
  expect(before.newestWindow()).toBeUndefined()
  before.recordDelivery(admitted)
  before.recordDelivery({ ...refused, miner: 2 })
  before.recordDelivery({ ...admitted, miner: 4 })
  before.spend(3, 4)
  before.closeWindow(3, 120.4)
  before.close()

  const after = openLearnerJournal(path)
  expect(after.newestWindow()).toBe(3)
  expect(after.findDelivery(3, 2)).toEqual({ ...refused, miner: 2 })
  expect(after.waiting()).toEqual([admitted])
  expect(after.admitMs(2, 3)).toBe(120)
  expect(after.admitMs(3, 9)).toBe(0)
  after.close()
})

it('counts refusals of one miner, and of all, in the windows asked for', () => {
  const journal = openLearnerJournal(path)
  for (const window of [1, 2, 9]) journal.recordDelivery({ ...refused, window })
  journal.recordDelivery({ ...refused, window: 2, miner: 7 })
  expect(journal.countRefused({ from: 1, to: 2 }, 1)).toBe(2)
  expect(journal.countRefused({ from: 1, to: 9 })).toBe(4)
  expect(journal.countRefused({ from: 3, to: 8 })).toBe(0)
  journal.close()
})

it('takes an update from its inputs to the chain, over restarts, and never chooses the same inputs twice', () => {
  const first = openLearnerJournal(path)
  const entry = first.chooseUpdate(chosen)
  expect(entry).toMatchObject({ ...chosen, state: 'chosen', checkpoint: null })
  expect(() => first.chooseUpdate(chosen)).toThrow()
  first.close()

  const second = openLearnerJournal(path)
  expect(second.newestUpdate()).toEqual(entry)
  second.advanceUpdate(entry.number, { state: 'written', checkpoint: child, trainMs: 99.6 })
  second.close()

  const third = openLearnerJournal(path)
  expect(third.newestUpdate()).toEqual({ ...entry, state: 'written', checkpoint: child, trainMs: 100 })
  third.advanceUpdate(entry.number, { state: 'published' })
  expect(third.updatesIn('published').map(({ checkpoint }) => checkpoint)).toEqual([child])
  expect(third.taken()).toEqual(new Set(chosen.groups.map(({ leaf }) => leaf)))
  const { number } = third.chooseUpdate({ ...chosen, parent: child, window: 4 })
  expect(third.windowBefore(number)).toBe(3)
  expect(third.windowBefore(entry.number)).toBe(-1)
  expect(() => third.chooseUpdate(chosen)).toThrow()
  third.close()
})
