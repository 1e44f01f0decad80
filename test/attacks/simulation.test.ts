import { expect, it } from 'vitest'
import { devnetRules } from './arena/window.ts'
import { simulateAttack, simulateHonest } from './simulation.ts'

const audited = { usual: 500, suspect: 2500 }

it('never excludes who never violates', () => {
  const simulated = simulateHonest({ rate: 0, minerWindows: 10_000, audited, seed: 1 })
  expect(simulated.falseExclusions).toBe(0)
})

it('excludes again and again who violates at the rate that the test was built to find', () => {
  const { falseExclusions } = simulateHonest({ rate: 2e-3, minerWindows: 10_000, audited, seed: 1 })
  expect(falseExclusions).toBeGreaterThan(1000)
})

it('pays a cheat nothing when all of its rollouts are rejected', () => {
  const observed = Array.from({ length: 128 }, () => ({ positions: 20, violations: 3, accepted: false }))
  const life = simulateAttack({ observed, payUnchecked: 2, rules: devnetRules, seed: 1 })
  expect(life).toMatchObject({ windows: { median: 1, p99: 1 }, neverExcluded: 0, expectedPay: 0 })
})

it('lets who does not cheat live, at the pay that its rollouts earn', () => {
  const observed = Array.from({ length: 128 }, () => ({ positions: 20, violations: 0, accepted: true }))
  const life = simulateAttack({ observed, payUnchecked: 1.25, rules: devnetRules, seed: 1 })
  expect(life.windows.median).toBeNull()
  expect(life).toMatchObject({ neverExcluded: 1, expectedPay: 1.25 })
})
