import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  commitDeadline,
  epochEnd,
  epochOf,
  revealEnd,
  type Schedule,
  scoreCommitStart,
  windowAt,
  windowStart,
  windowsOf,
} from '../../../../shared/protocol/schedule.ts'

const schedules: fc.Arbitrary<Schedule> = fc
  .record({
    startBlock: fc.bigInt(0n, 2n ** 40n),
    commitBlocks: fc.integer({ min: 1, max: 500 }),
    rest: fc.integer({ min: 1, max: 500 }),
    epochWindows: fc.integer({ min: 1, max: 20 }),
    revealBlocks: fc.integer({ min: 1, max: 500 }),
  })
  .map(({ rest, ...schedule }) => ({ ...schedule, windowBlocks: schedule.commitBlocks + rest }))
const windows = fc.nat(10 ** 6)

describe('windows', () => {
  it('partition the blocks: each block after the start is in exactly one, from its start to the next', () => {
    fc.assert(
      fc.property(schedules, fc.bigInt(0n, 2n ** 40n), (schedule, offset) => {
        const block = schedule.startBlock + offset
        const window = windowAt(schedule, block)
        expect(windowStart(schedule, window)).toBeLessThanOrEqual(block)
        expect(windowStart(schedule, window + 1)).toBeGreaterThan(block)
      }),
      { seed: 1 },
    )
  })

  it('are half-open: a start belongs to its window, the block before it to the one before', () => {
    fc.assert(
      fc.property(schedules, windows, (schedule, window) => {
        const start = windowStart(schedule, window)
        expect(windowAt(schedule, start)).toBe(window)
        expect(windowAt(schedule, start - 1n)).toBe(window - 1)
        expect(windowAt(schedule, commitDeadline(schedule, window) - 1n)).toBe(window)
        expect(windowAt(schedule, commitDeadline(schedule, window))).toBe(window)
      }),
      { seed: 1 },
    )
  })

  it('before the first there is none', () => {
    const schedule = { startBlock: 100n, windowBlocks: 10, commitBlocks: 6, epochWindows: 2, revealBlocks: 4 }
    expect(windowAt(schedule, 0n)).toBe(-1)
    expect(windowAt(schedule, 99n)).toBe(-1)
    expect(windowAt(schedule, 100n)).toBe(0)
  })
})

describe('epochs', () => {
  it('partition the windows', () => {
    fc.assert(
      fc.property(schedules, windows, (schedule, window) => {
        const epoch = epochOf(schedule, window)
        expect(windowsOf(schedule, epoch)).toContain(window)
        expect(windowsOf(schedule, epoch).map((each) => epochOf(schedule, each))).toEqual(
          Array(schedule.epochWindows).fill(epoch),
        )
        expect(windowsOf(schedule, epoch).at(-1)).toBe(windowsOf(schedule, epoch + 1)[0] - 1)
      }),
      { seed: 1 },
    )
  })

  it('commit scores after their last commitment, then reveal, then settle, phase after phase', () => {
    fc.assert(
      fc.property(schedules, fc.nat(10 ** 5), (schedule, epoch) => {
        const last = windowsOf(schedule, epoch).at(-1) as number
        expect(scoreCommitStart(schedule, epoch)).toBe(commitDeadline(schedule, last))
        expect(scoreCommitStart(schedule, epoch)).toBeLessThan(epochEnd(schedule, epoch))
        expect(epochEnd(schedule, epoch)).toBe(windowStart(schedule, last + 1))
        expect(revealEnd(schedule, epoch) - epochEnd(schedule, epoch)).toBe(BigInt(schedule.revealBlocks))
      }),
      { seed: 1 },
    )
  })
})
