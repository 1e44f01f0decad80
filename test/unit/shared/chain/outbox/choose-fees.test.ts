import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstFees, raiseFees } from '../../../../../shared/chain/outbox/choose-fees.ts'

const fee = fc.bigInt({ min: 0n, max: 10n ** 13n })
const fees = fc.tuple(fee, fee).map(([a, b]) => (a > b ? { maxFee: a, tip: b } : { maxFee: b, tip: a }))
const parameters = { seed: 41, numRuns: 500 }

describe('what a transaction offers', () => {
  it('is never more than the cap, and its tip never more than the whole', () => {
    fc.assert(
      fc.property(fees, fees, fee, (suggested, before, cap) => {
        for (const chosen of [firstFees(suggested, cap), raiseFees(suggested, before, cap)]) {
          if (chosen === null) continue
          expect(chosen.maxFee).toBeLessThanOrEqual(cap)
          expect(chosen.tip).toBeLessThanOrEqual(chosen.maxFee)
        }
      }),
      parameters,
    )
  })

  it('replaces another by a tenth more in both at least, and gives up only where the cap forbids that', () => {
    fc.assert(
      fc.property(fees, fees, fee, (suggested, before, cap) => {
        const raised = raiseFees(suggested, before, cap)
        if (raised === null) {
          expect(before.maxFee * 9n + 7n).toBeGreaterThan(cap * 8n)
          return
        }
        expect(raised.maxFee * 10n).toBeGreaterThanOrEqual(before.maxFee * 11n)
        expect(raised.tip * 10n).toBeGreaterThanOrEqual(before.tip * 11n)
      }),
      parameters,
    )
  })

  it('follows the network where that asks for more', () => {
    const before = { maxFee: 100n, tip: 10n }
    expect(raiseFees({ maxFee: 500n, tip: 50n }, before, 1_000n)).toEqual({ maxFee: 500n, tip: 50n })
    expect(raiseFees({ maxFee: 500n, tip: 50n }, before, 200n)).toEqual({ maxFee: 200n, tip: 50n })
    expect(raiseFees({ maxFee: 1n, tip: 1n }, before, 1_000n)).toEqual({ maxFee: 113n, tip: 12n })
    expect(raiseFees({ maxFee: 1n, tip: 1n }, before, 112n)).toBeNull()
  })
})
