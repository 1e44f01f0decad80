import { describe, expect, it } from 'vitest'
import {
  acceptAt,
  excludeAt,
  isSuspect,
  newcomer,
  type Standing,
  updateStanding,
} from '../../../../shared/protocol/sequential.ts'
import { createSeededRandom } from '../../../helpers/seeded-random.ts'

const afterWindows = (...windows: [positions: number, violations: number][]): Standing =>
  windows.reduce(
    (standing, [positions, violations]) => updateStanding(standing, positions, violations),
    newcomer,
  )

describe('updateStanding', () => {
  it('excludes at the third violation within a short time, not at the second', () => {
    expect(afterWindows([200, 1], [200, 1]).excluded).toBe(false)
    expect(afterWindows([200, 1], [200, 1], [200, 1]).excluded).toBe(true)
    expect(afterWindows([200, 3]).excluded).toBe(true)
  })

  it('excludes by the CUSUM whom many clean positions before would have saved', () => {
    const window: [number, number] = [400, 1]
    const saved = afterWindows([3000, 0])
    expect(saved.logLikelihoodRatio).toBeLessThan(-5.9)
    const standing = afterWindows([3000, 0], window, window, window, window, window)
    expect(standing.logLikelihoodRatio).toBeLessThan(excludeAt)
    expect(standing.excluded).toBe(true)
  })

  it('starts the test afresh once it accepts', () => {
    expect(afterWindows([3440, 0]).logLikelihoodRatio).toBeGreaterThan(acceptAt)
    expect(afterWindows([3460, 0])).toEqual(newcomer)
  })

  it('never takes an exclusion back', () => {
    expect(afterWindows([200, 3], [100_000, 0]).excluded).toBe(true)
  })

  it('counts violations without positions in full: a bundle refused as a whole has no positions', () => {
    expect(afterWindows([0, 1]).logLikelihoodRatio).toBe(3.5)
    expect(afterWindows([0, 3]).excluded).toBe(true)
    expect(afterWindows([0, 0])).toEqual(newcomer)
  })
})

describe('isSuspect', () => {
  it('is whoever has more evidence against it than for it', () => {
    expect(isSuspect(newcomer)).toBe(false)
    expect(isSuspect(afterWindows([200, 0]))).toBe(false)
    expect(isSuspect(afterWindows([200, 1]))).toBe(true)
    expect(isSuspect(afterWindows([200, 1], [2000, 0]))).toBe(false)
    expect(isSuspect(afterWindows([200, 3], [100_000, 0]))).toBe(true)
  })
})

describe('over many windows', () => {
  const positions = 400
  const random = createSeededRandom(7)
  /** Windows until exclusion, or `most`. */
  const windowsUntilExcluded = (rate: number, most: number) => {
    let standing = newcomer
    for (let window = 1; window <= most; window++) {
      let violations = 0
      for (let i = 0; i < positions; i++) if (random() < rate) violations++
      standing = updateStanding(standing, positions, violations)
      if (standing.excluded) return window
    }
    return most
  }

  it('excludes no honest miner at p0 = 6e-5 in 100 miners × 200 windows', () => {
    for (let miner = 0; miner < 100; miner++) expect(windowsUntilExcluded(6e-5, 200)).toBe(200)
  })

  it('excludes every mild cheat at p1 = 2e-3, half of them within eight windows', () => {
    const windows = Array.from({ length: 100 }, () => windowsUntilExcluded(2e-3, 200)).sort((a, b) => a - b)
    expect(windows[99]).toBeLessThan(100)
    expect(windows[50]).toBeLessThanOrEqual(8)
  })

  it('excludes in its first window who forges one token in twenty-five', () => {
    for (let miner = 0; miner < 100; miner++) expect(windowsUntilExcluded(0.04, 200)).toBe(1)
  })
})
