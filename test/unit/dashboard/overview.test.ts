import { describe, expect, it } from 'vitest'
import { openLedger } from '../../../dashboard/api/ledger.ts'
import { loopOf } from '../../../dashboard/api/loop.ts'
import { minersOf } from '../../../dashboard/api/miners.ts'
import { validatorsOf } from '../../../dashboard/api/validators.ts'
import { weightsOf } from '../../../dashboard/api/weights.ts'
import { someHistory } from '../../helpers/dashboard-history.ts'

const history = someHistory()

describe('the loop', () => {
  it('names the phases of the running window and of the epoch before it', () => {
    const { window, phases } = loopOf(history)
    expect(window).toBe(3)
    expect(phases).toEqual([
      { name: 'answers', from: 250, to: 280, state: 'now', done: 2, of: 3 },
      { name: 'audit', from: 280, to: 300, state: 'coming', done: 0, of: 3 },
      { name: 'reveal', from: 250, to: 260, state: 'past', done: 1, of: 3 },
      { name: 'settle', from: 260, to: null, state: 'now', done: 0, of: 1 },
    ])
  })

  it('says what became of each window, newest first', () => {
    expect(loopOf(history).windows.map(({ window, state }) => [window, state])).toEqual([
      [3, 'answers'],
      [2, 'settle'],
      [1, 'paid'],
      [0, 'paid'],
    ])
  })

  it('has neither phases nor a seed before the first window', () => {
    const early = { ...history, block: 10n, window: -1, windows: [], epochs: [], opened: null }
    expect(loopOf(early)).toMatchObject({ window: -1, epoch: -1, phases: [], seed: null, windows: [] })
  })
})

describe('weights', () => {
  it('are clipped where one validator gives more than a majority of stake does', () => {
    const weights = weightsOf(history.epochs[1])
    expect(weights?.rows[2].given[0]).toBeCloseTo(30_000 / 32_767)
    expect(weights?.rows[2].clipped[0]).toBe(weights?.consensus[0])
    expect(weights?.rows[0].given).toEqual(weights?.rows[0].clipped)
  })

  it('are not there where an epoch is not settled', () => {
    expect(weightsOf(history.epochs[2])).toBeNull()
  })
})

it('validators show reveals, missed ones and trust below 1 for what was clipped', () => {
  const rows = validatorsOf(history, () => null)
  expect(rows[0].reveals.map(({ state }) => state)).toEqual(['revealed', 'revealed', 'revealed', 'open'])
  expect(rows[1].reveals.map(({ state }) => state)).toEqual(['revealed', 'revealed', 'missed', 'open'])
  expect(rows[0].trust).toBe(1)
  expect(rows[2].trust).toBeCloseTo(12_000 / 32_000)
  expect(rows.reduce((sum, { power }) => sum + power, 0)).toBeCloseTo(1, 4)
})

it('miners show what they earned, what they fetched, and each epoch’s share', () => {
  const [, second, third] = minersOf(history, openLedger())
  expect(second.incentives.slice(2)).toEqual([null, null])
  expect(second.incentives[0]).toBeCloseTo(42_000 / 72_000)
  expect(second.claimed).toBe('10')
  expect(Number(second.earned)).toBeGreaterThan(10)
  expect(third).toMatchObject({ windows: 0, audited: 0, score: null, earned: '0', incentive: 0 })
})
