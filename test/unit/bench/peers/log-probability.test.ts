import { describe, expect, it } from 'vitest'
import { everyLogProbability, medianLogProbability } from '../../../../bench/peers/log-probability.ts'
import type { ExaminedRollout } from '../../../../bench/peers/peer-rule.ts'
import { examinedRollout, randomPass } from './examined.ts'

const honest = examinedRollout(randomPass(1, { length: 5 }))

function claimed(...shifts: number[]): ExaminedRollout {
  const logProbabilities = honest.rollout.logProbabilities.map((value, step) => value + (shifts[step] ?? 0))
  return { ...honest, rollout: { ...honest.rollout, logProbabilities } }
}

describe('chosen-token log-probability', () => {
  it('accepts what the verifier computes, and differences within 0.1 nats', () => {
    expect(everyLogProbability.accepts(honest)).toBe(true)
    expect(everyLogProbability.accepts(claimed(0.099, -0.099))).toBe(true)
  })

  it('rejects one position further off, either way', () => {
    expect(everyLogProbability.accepts(claimed(0, 0, 0.101))).toBe(false)
    expect(everyLogProbability.accepts(claimed(0, 0, -0.101))).toBe(false)
  })

  it('rejects NaN, in the median too once most positions are', () => {
    expect(everyLogProbability.accepts(claimed(Number.NaN))).toBe(false)
    expect(medianLogProbability.accepts(claimed(Number.NaN, Number.NaN, Number.NaN))).toBe(false)
  })

  it('accepts by the median whatever fewer than half of the positions claim', () => {
    expect(medianLogProbability.accepts(claimed(9, -9))).toBe(true)
    expect(medianLogProbability.accepts(claimed(9, -9, 9))).toBe(false)
  })

  it('measures the median as a deviation of the ratio, e^|Δ| - 1', () => {
    expect(medianLogProbability.accepts(claimed(0.095, 0.095, 0.095))).toBe(true)
    expect(medianLogProbability.accepts(claimed(0.0955, 0.0955, 0.0955))).toBe(false)
  })
})
