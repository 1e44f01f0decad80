import { describe, expect, it } from 'vitest'
import {
  calibrateDivergence,
  divergenceLimits,
  divergenceMargins,
  tokenDivergence,
} from '../../../../bench/peers/token-divergence.ts'
import { examinedRollout, randomPass } from './examined.ts'

const length = 24

describe('token divergence', () => {
  it('finds no margin in what the verifier would have drawn itself', () => {
    const honest = examinedRollout(randomPass(1, { length }))
    expect(divergenceMargins(honest)).toEqual(Array(length).fill(0))
    expect(tokenDivergence.accepts(honest)).toBe(true)
  })

  it('finds small margins where a near model draws otherwise, and mostly none', () => {
    const margins = Array.from({ length: 40 }, (_, index) => {
      const verifier = randomPass(3 * index, { length })
      const prover = randomPass(3 * index, { length, drift: 0.02 })
      return divergenceMargins(examinedRollout(verifier, prover, index))
    }).flat()
    expect(margins.filter((margin) => margin > 0).length).toBeGreaterThan(0)
    expect(margins.filter((margin) => margin > 0).length / margins.length).toBeLessThan(0.02)
    expect(Math.max(...margins)).toBeLessThan(0.02)
  })

  it('rejects a model that draws at another temperature', () => {
    const verifier = randomPass(1, { length })
    const cool = randomPass(1, { length, temperature: 0.4 })
    expect(tokenDivergence.accepts(examinedRollout(verifier, cool))).toBe(false)
  })

  it('rejects tokens that were chosen, whatever model is behind them', () => {
    const honest = examinedRollout(randomPass(1, { length }))
    const tokens = honest.rollout.tokens.map((token) => (token + 1) % 20)
    const forged = { ...honest, rollout: { ...honest.rollout, tokens } }
    expect(divergenceMargins(forged).every((margin) => margin > 0)).toBe(true)
    expect(tokenDivergence.accepts(forged)).toBe(false)
  })

  it('sets its threshold where one honest rollout in a hundred lies outside', () => {
    const honest = Array.from({ length: 200 }, (_, i) => [0, 0, i / 1000, 0])
    const { clip, threshold } = calibrateDivergence(honest)
    expect(clip).toBe(0.199)
    expect(honest.filter((margins) => margins.reduce((a, b) => a + b) / 4 > threshold)).toHaveLength(2)
  })

  it('clips above anything that a rollout of the longest length may add up to', () => {
    expect(divergenceLimits.clip).toBeGreaterThan(divergenceLimits.threshold * 48)
  })
})
