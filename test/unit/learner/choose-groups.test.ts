import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseGroups } from '../../../learner/choose-groups.ts'
import { admittedGroup } from './admitted-groups.ts'

const checkpoint = (n: number) => `0x${n.toString(16).padStart(2, '0').repeat(32)}` as const
const lineage = [0, 1, 2, 3, 4].map(checkpoint)
const madeBy = (n: number, group: number) => admittedGroup({ window: n, group }, [0, 1], checkpoint(n))
const any = { fewest: 1, most: 100 }

describe('sequential', () => {
  it('trains on nothing but what the parent generated', () => {
    const pool = [madeBy(4, 1), madeBy(3, 0), madeBy(4, 0)]
    const { chosen, expired, waiting } = chooseGroups(pool, lineage, { mode: 'sequential' }, any)
    expect(chosen).toEqual([madeBy(4, 0), madeBy(4, 1)])
    expect(expired).toEqual([madeBy(3, 0)])
    expect(waiting).toEqual([])
  })
})

describe('asynchronous', () => {
  it('never trains beyond the bound, loses no group, and takes each once', () => {
    const pool = fc.uniqueArray(fc.record({ by: fc.nat(7), group: fc.nat(9) }), {
      selector: ({ by, group }) => 10 * by + group,
    })
    fc.assert(
      fc.property(pool, fc.nat(5), fc.nat(6), fc.nat(6), (made, bound, fewest, extra) => {
        const most = fewest + extra
        const groups = made.map(({ by, group }) => madeBy(by, group))
        const sync = { mode: 'asynchronous', mostStale: bound } as const
        const { chosen, waiting, expired, why } = chooseGroups(groups, lineage, sync, { fewest, most })
        const stale = (n: number) => (n > 4 ? Number.POSITIVE_INFINITY : 4 - n)
        for (const { window } of [...chosen, ...waiting]) expect(stale(window)).toBeLessThanOrEqual(bound)
        for (const { window } of expired) expect(stale(window)).toBeGreaterThan(bound)
        const all = [...chosen, ...waiting, ...expired]
        expect(all).toHaveLength(groups.length)
        expect(new Set(all)).toEqual(new Set(groups))
        if (most > 0) expect(chosen.length === 0).toBe(why !== null)
        if (chosen.length > 0) expect(chosen.length).toBeGreaterThanOrEqual(fewest)
        expect(chosen.length).toBeLessThanOrEqual(most)
        for (const taken of chosen) {
          for (const left of waiting) expect(stale(taken.window)).toBeLessThanOrEqual(stale(left.window))
        }
      }),
      { seed: 3 },
    )
  })

  it('counts staleness when the batch is used: what was fresh expires as the lineage grows', () => {
    const sync = { mode: 'asynchronous', mostStale: 1 } as const
    const pool = [madeBy(3, 0)]
    expect(chooseGroups(pool, lineage, sync, any).chosen).toEqual(pool)
    expect(chooseGroups(pool, [...lineage, checkpoint(5)], sync, any).expired).toEqual(pool)
  })

  it('says why it waits', () => {
    const { why } = chooseGroups([madeBy(4, 0)], lineage, { mode: 'sequential' }, { fewest: 8, most: 8 })
    expect(why).toBe('1 of 1 admitted groups are at most 0 updates stale, 8 are needed')
  })
})
