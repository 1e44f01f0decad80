import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChaosReport, firstMissedGoal } from '../../../../cli/chaos/chaos-report.ts'
import { bytesPerHour } from '../../../../cli/chaos/fit-slope.ts'
import { longestRecovery } from '../../../../cli/chaos/recovery.ts'

const did = (...names: string[]) => new Set(names)

describe('longestRecovery', () => {
  it('counts windows from the one hit to the first in which the role did its part', () => {
    const done = [did('a', 'b'), did('b'), did('b'), did('a', 'b')]
    expect(longestRecovery([{ window: 0, role: 'a' }], ['a', 'b'], done).windows).toBe(0)
    expect(longestRecovery([{ window: 1, role: 'a' }], ['a', 'b'], done).windows).toBe(2)
    expect(longestRecovery([{ window: 1, role: null }], ['a', 'b'], done).windows).toBe(2)
    expect(longestRecovery([{ window: 1, role: 'b' }], ['a', 'b'], done).windows).toBe(0)
  })

  it('names those who never came back', () => {
    expect(
      longestRecovery([{ window: 1, role: null }], ['a', 'b'], [did('a', 'b'), did('b')]).missing,
    ).toEqual(['a'])
  })
})

describe('bytesPerHour', () => {
  it('finds the slope of a line, whatever the moments', () => {
    const moments = fc.uniqueArray(fc.nat(100_000), { minLength: 2, maxLength: 50 })
    fc.assert(
      fc.property(moments, fc.integer({ min: -500, max: 500 }), fc.nat(10 ** 9), (seconds, slope, offset) => {
        const samples = seconds.map((at) => ({ seconds: at, bytes: offset + slope * at }))
        expect(bytesPerHour(samples)).toBeCloseTo(3600 * slope, 0)
      }),
      { seed: 21 },
    )
  })

  it('says nothing of a single moment', () => {
    expect(bytesPerHour([])).toBeNull()
    expect(bytesPerHour([{ seconds: 1, bytes: 1 }])).toBeNull()
  })
})

describe('firstMissedGoal', () => {
  const report: ChaosReport = {
    ...{ seed: 1, roles: ['a'], windows: 3, seconds: 1, faults: 20, byKind: {}, withoutEffect: 0 },
    ...{ reorganised: {}, lost: [{ window: 1, role: 'a' }], voidedEpochs: 1, doubleCommits: [] },
    ...{ falseVerdicts: {}, auditedRollouts: 5, unjudged: { 'unavailable: STORE_UNREACHABLE': 1 } },
    ...{ recoveryWindows: 2, notRecovered: [], starts: 1, exits: {}, memoryGrowth: {} },
  }

  it('bears lost windows, which cost their owner, and nothing that costs others', () => {
    expect(firstMissedGoal(report, 20)).toBeNull()
  })

  it.each<[Partial<ChaosReport>, RegExp]>([
    [{ faults: 19 }, /19 faults took effect/],
    [{ doubleCommits: ['a'] }, /committed twice/],
    [{ falseVerdicts: { TOKEN_NOT_OWED: 1 } }, /honest rollouts were rejected/],
    [{ recoveryWindows: 3 }, /3 windows/],
    [{ notRecovered: ['a'] }, /never came back: a/],
  ])('names %j', (change, why) => {
    expect(firstMissedGoal({ ...report, ...change }, 20)).toMatch(why)
  })
})
