import { describe, expect, it } from 'vitest'
import { gumbelMargin, noiseBehind } from '../../../../bench/peers/gumbel.ts'
import { createSeededRandom } from '../../../helpers/seeded-random.ts'

const draws = 40_000
const first = Float64Array.of(1.5, 0.2, -1, 0.9)
const second = Float64Array.of(0.4, 1.1, -0.3, 0.1)

function softmax(logits: Float64Array): Float64Array {
  const weights = logits.map(Math.exp)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

function inverseCdf(probabilities: Float64Array, uniform: number): number {
  let below = 0
  return probabilities.findIndex((probability) => {
    below += probability
    return below > uniform
  })
}

/** Noise behind draws from the first distribution by inverse CDF. */
function* noises(): Generator<{ drawn: number; noise: Float64Array }> {
  const random = createSeededRandom(11)
  const probabilities = softmax(first)
  for (let i = 0; i < draws; i++) {
    const drawn = inverseCdf(probabilities, random())
    yield { drawn, noise: noiseBehind(first, drawn, Float64Array.from(first, random)) }
  }
}

describe('the noise behind a draw', () => {
  it('makes what was drawn the largest', () => {
    for (const { drawn, noise } of noises()) expect(gumbelMargin(first, noise, drawn)).toBe(0)
  })

  it('is standard Gumbel for every token: mean 0.577, variance π²/6', () => {
    const sums = first.map(() => 0)
    const squares = first.map(() => 0)
    for (const { noise } of noises()) {
      noise.forEach((value, token) => {
        sums[token] += value
        squares[token] += value * value
      })
    }
    sums.forEach((sum, token) => {
      const mean = sum / draws
      expect(Math.abs(mean - 0.5772)).toBeLessThan(0.03)
      expect(Math.abs(squares[token] / draws - mean * mean - Math.PI ** 2 / 6)).toBeLessThan(0.08)
    })
  })

  it('draws from any other distribution as Gumbel-max does: it knows nothing of the first', () => {
    const counts = second.map(() => 0)
    for (const { noise } of noises()) {
      counts[second.findIndex((_, token) => gumbelMargin(second, noise, token) === 0)]++
    }
    softmax(second).forEach((probability, token) => {
      expect(Math.abs(counts[token] / draws - probability)).toBeLessThan(0.01)
    })
  })

  it('is finite for logits that underflow', () => {
    const noise = noiseBehind([0, -500, 800], 2, [0.5, 0.5, 0.5])
    expect([...noise].every(Number.isFinite)).toBe(true)
  })
})
