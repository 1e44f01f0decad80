import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kindOf, victimOf } from '../../../../cli/chaos/fault.ts'
import { journalSteps, stepNames } from '../../../../cli/chaos/journal-steps.ts'
import { type Cast, killsPerWindow, planWindow } from '../../../../cli/chaos/plan-faults.ts'

const castOf = (miners: number, validators: number, disks: readonly string[] = []): Cast => ({
  roles: [
    ...Array.from({ length: miners }, (_, i) => ({ name: `miner-${i}`, role: 'miner' as const })),
    ...Array.from({ length: validators }, (_, i) => ({ name: `validator-${i}`, role: 'validator' as const })),
  ],
  disks,
})
const casts = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.boolean())
  .map(([miners, validators, disks]) => castOf(miners, validators, disks ? ['miner-0', 'validator-0'] : []))
const seeds = fc.nat(2 ** 32 - 1)
const windows = fc.nat(10_000)

describe('planWindow', () => {
  it('plans the same for the same seed, window and cast, and otherwise something else', () => {
    fc.assert(
      fc.property(seeds, windows, casts, (seed, window, cast) => {
        const plan = planWindow(seed, window, cast, 30)
        expect(planWindow(seed, window, cast, 30)).toEqual(plan)
        expect(planWindow(seed, window + 1, cast, 30)).not.toEqual(plan)
        expect(planWindow(seed ^ 1, window, cast, 30)).not.toEqual(plan)
      }),
      { seed: 11, numRuns: 40 },
    )
  })

  it('hits only those who are there, with what concerns them, within the bounds that roles must bear', () => {
    fc.assert(
      fc.property(seeds, windows, casts, (seed, window, cast) => {
        const plan = planWindow(seed, window, cast, 30)
        expect(plan).toHaveLength(killsPerWindow + 30)
        for (const { fault, afterMs } of plan) {
          const victim = victimOf(fault)
          const hit = cast.roles.find(({ name }) => name === victim)
          if (victim !== null) expect(hit).toBeDefined()
          expect(afterMs).toBeLessThan(8000)
          if (fault.on === 'store') expect(hit?.role).toBe('miner')
          if (fault.on === 'disk') expect(cast.disks).toContain(victim)
          if (fault.on === 'process' && fault.does === 'kill at')
            expect(hit?.role).toBe(journalSteps[fault.step].role)
          if (fault.on === 'chain' && fault.does === 'reorganise') {
            expect(fault.blocks).toBeGreaterThanOrEqual(1)
            expect(fault.blocks).toBeLessThanOrEqual(12)
          }
          if (fault.on === 'clock') expect(Math.abs(fault.skewMs)).toBeGreaterThanOrEqual(60_000)
        }
      }),
      { seed: 12, numRuns: 60 },
    )
  })

  it('kills at every journal step in every second window, and leaves no kind of fault out for long', () => {
    fc.assert(
      fc.property(seeds, fc.nat(1000), (seed, first) => {
        const cast = castOf(2, 3, ['miner-0'])
        const plans = Array.from({ length: 24 }, (_, i) => planWindow(seed, 2 * first + i, cast, 30))
        const steps = plans
          .slice(0, 2)
          .flat()
          .flatMap(({ fault }) => (fault.on === 'process' && fault.does === 'kill at' ? [fault.step] : []))
        expect([...steps].sort()).toEqual([...stepNames].sort())
        const sources = new Set(plans.flat().map(({ fault }) => fault.on))
        expect([...sources].sort()).toEqual([
          'beacon',
          'chain',
          'clock',
          'disk',
          'process',
          'relay',
          'rpc',
          'store',
        ])
        const kinds = new Set(plans.flat().map(({ fault }) => kindOf(fault)))
        for (const kind of [
          'chain reorganise',
          'rpc lies: earlier block',
          'relay lies: other round',
          'store corrupt',
        ])
          expect(kinds).toContain(kind)
      }),
      { seed: 13, numRuns: 10 },
    )
  })
})
