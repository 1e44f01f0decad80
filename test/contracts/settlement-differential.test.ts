import { expect, it } from 'vitest'
import { worldOf } from '../differential/cases.ts'
import { compareEpochs } from '../differential/compare.ts'

/** A smaller part of what `npm run fuzz:settlement` compares. */
it('equals the integer reference in every digit, at once or in steps, under any rules', async () => {
  const seen = { paid: 0, voided: 0, inSteps: 0 }
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const { paid, voided, inSteps } = await compareEpochs(worldOf(seed, { validators: 20, miners: 40 }), 6)
    seen.paid += paid
    seen.voided += voided
    seen.inSteps += inSteps
  }
  expect(seen.paid).toBeGreaterThan(15)
  expect(seen.voided).toBeGreaterThan(0)
  expect(seen.inSteps).toBe(12)
}, 300_000)
