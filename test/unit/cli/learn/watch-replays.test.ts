import { expect, it } from 'vitest'
import { watchReplays } from '../../../../cli/learn/watch-replays.ts'

const hash = (digit: string) => `0x${digit.repeat(64)}` as const
const replayed = (policy: string, outcome: string) => ({
  message: 'replayed update',
  ...{ policy, outcome, findings: [], ownHash: policy, cpuMs: 1500, replayMs: 9000, level: 'info' },
})

it('names the validators that have not said what came of every update', () => {
  const watch = watchReplays(['validator-0', 'validator-1'])
  const updates = [hash('1'), hash('2')]
  watch.onEvent('validator-0', replayed(hash('1'), 'agrees'))
  watch.onEvent('validator-0', { message: 'started validator', uid: 0 })
  expect(watch.owing(updates)).toEqual(['validator-0', 'validator-1'])
  watch.onEvent('validator-0', replayed(hash('2'), 'agrees'))
  watch.onEvent('validator-1', replayed(hash('2'), 'agrees'))
  watch.onEvent('validator-1', { message: 'left update unreplayed', policy: hash('1'), why: 'it failed' })
  expect(watch.owing(updates)).toEqual([])
  expect(watch.count()).toEqual({ replays: 4, equal: 3, objected: 0, cpuSeconds: 4.5 })
})

it('counts what was withheld and then agreed as one replay, and objections beside', () => {
  const watch = watchReplays(['validator-0'])
  watch.onEvent('validator-0', replayed(hash('1'), 'withheld'))
  expect(watch.count()).toMatchObject({ replays: 1, equal: 0 })
  watch.onEvent('validator-0', replayed(hash('1'), 'agrees'))
  watch.onEvent('validator-0', replayed(hash('2'), 'disagrees'))
  watch.onEvent('validator-0', { message: 'objected to update', policy: hash('2'), ownHash: hash('3') })
  expect(watch.count()).toMatchObject({ replays: 2, equal: 1, objected: 1 })
})

it('says how far a replay is until something came of it', () => {
  const watch = watchReplays(['validator-0'])
  watch.onEvent('validator-0', { message: 'replayed step', policy: hash('1'), taken: 2, of: 5 })
  expect(watch.underWay()).toEqual(['validator-0: replaying, step 2 of 5'])
  expect(watch.owing([hash('1')])).toEqual(['validator-0'])
  watch.onEvent('validator-0', replayed(hash('1'), 'agrees'))
  expect(watch.underWay()).toEqual([])
})
