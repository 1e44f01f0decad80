import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { window } from '../../../bench/scale/crowd.ts'
import { findSuperlinear } from '../../../bench/scale/goal.ts'
import { growthExponent } from '../../../bench/scale/growth.ts'
import { type EpochFigures, measureEpoch } from '../../../bench/scale/measure-epoch.ts'
import { renderScale } from '../../../bench/scale/render.ts'
import { auditCount, ownCount } from '../../../shared/protocol/audit.ts'

const [miners, validators, windows] = [4, 3, 2]
const bundles = windows * miners

let directory: string
let figures: EpochFigures

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rollproof-scale-test-'))
  figures = await measureEpoch(
    { miners, validators, windows },
    directory,
    () => {},
    new AbortController().signal,
  )
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('an epoch of a small crowd', () => {
  it('sends every transaction that an epoch needs, and no other', () => {
    const counts = Object.entries(figures.transactions).map(([kind, { count }]) => [kind, count])
    expect(Object.fromEntries(counts)).toEqual({
      openWindow: windows,
      submit: 2 * windows,
      announce: miners,
      commitRoot: bundles,
      closeWindow: windows,
      commit: validators,
      revealFor: validators,
      settle: 1,
      claimMany: 2,
    })
  })

  it('counts gas that a transaction can have cost', () => {
    for (const { count, gas, bytes } of Object.values(figures.transactions)) {
      expect(gas / count).toBeGreaterThan(21_000)
      expect(bytes / count).toBeGreaterThanOrEqual(36)
    }
  })

  it('audits what the rules ask for in every bundle, and finds it honest', () => {
    const { auditedMiners, auditedRollouts, auditedTokens, rejectedRollouts } = figures.validator
    const total = window.groupSize * window.maxGroups
    const rules = { auditRatePpm: 5_000, auditFloor: 12 }
    const shared = auditCount(total, rules)
    expect(auditedMiners).toBe(bundles)
    expect(auditedRollouts).toBeGreaterThanOrEqual(bundles * shared)
    expect(auditedRollouts).toBeLessThanOrEqual(bundles * (shared + ownCount(total, rules)))
    expect(auditedTokens).toBeGreaterThan(auditedRollouts)
    expect(rejectedRollouts).toBe(0)
  })

  it('fetches each bundle once, byte for byte', () => {
    const stored = join(directory, 'bundles')
    const sizes = readdirSync(stored).map((name) => readFileSync(join(stored, name)).length)
    expect(sizes).toHaveLength(bundles)
    expect(figures.validator.fetchedBytes).toBe(sizes.reduce((sum, size) => sum + size, 0))
    expect(figures.bundleBytes).toBe(figures.validator.fetchedBytes)
  })
})

describe('growth', () => {
  it.each([0, 1, 2])('finds the exponent %d of a power law', (exponent) => {
    const points = [16, 32, 64].map((x) => [x, 7 * x ** exponent] as const)
    expect(growthExponent(points)).toBeCloseTo(exponent, 10)
  })

  it('tells work in proportion to audited rollouts from work in the square of miners', () => {
    const of = (factor: number, work: number): EpochFigures => ({
      ...figures,
      miners: factor,
      validator: { ...figures.validator, auditedRollouts: factor, auditedTokens: factor, requests: work },
    })
    const proportional = [of(16, 160), of(32, 320), of(64, 640)]
    expect(findSuperlinear(proportional)).toEqual([])
    const square = [of(16, 256), of(32, 1024), of(64, 4096)]
    expect(findSuperlinear(square)).toEqual([
      'requests to the chain grows as audited rollouts^2.00, 3 validators',
    ])
    expect(renderScale(square)).toMatch(/requests to the chain .* miners\^2\.00/)
  })
})
