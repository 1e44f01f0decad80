import { describe, expect, it } from 'vitest'
import { ADAMW_DEFAULTS, applyAdamW, createAdamWState, warmUp } from '../../../../model/optimizer/adamw.ts'
import { createRandom } from '../small-policy.ts'

describe('AdamW', () => {
  it('follows the published update, decay and bias correction included', () => {
    const random = createRandom(1)
    const settings = { ...ADAMW_DEFAULTS, learningRate: 0.01, weightDecay: 0.1, clipNorm: 1e9 }
    const weights = [Float32Array.from({ length: 20 }, random)]
    const expected = Array.from(weights[0])
    const first = expected.map(() => 0)
    const second = expected.map(() => 0)
    const state = createAdamWState([20])
    for (let step = 1; step <= 30; step++) {
      const gradient = Float32Array.from({ length: 20 }, () => random() - 0.5)
      applyAdamW(weights, [gradient], [true], state, settings)
      gradient.forEach((g, i) => {
        first[i] = settings.beta1 * first[i] + (1 - settings.beta1) * g
        second[i] = settings.beta2 * second[i] + (1 - settings.beta2) * g * g
        const m = first[i] / (1 - settings.beta1 ** step)
        const v = second[i] / (1 - settings.beta2 ** step)
        expected[i] -= 0.01 * (m / (Math.sqrt(v) + settings.epsilon) + 0.1 * expected[i])
      })
    }
    weights[0].forEach((weight, i) => {
      expect(weight).toBeCloseTo(expected[i], 5)
    })
    expect(state.step).toBe(30)
  })

  it('moves only decaying tensors when all gradients are zero', () => {
    const weights = [new Float32Array([1]), new Float32Array([1])]
    const zero = [new Float32Array(1), new Float32Array(1)]
    applyAdamW(weights, zero, [true, false], createAdamWState([1, 1]), {
      ...ADAMW_DEFAULTS,
      weightDecay: 0.5,
      learningRate: 0.1,
    })
    expect(weights[0][0]).toBeCloseTo(0.95)
    expect(weights[1][0]).toBe(1)
  })

  it('clips by the norm over all tensors and reports the norm before', () => {
    const clipped = [new Float32Array(1), new Float32Array(1)]
    const scaled = [new Float32Array(1), new Float32Array(1)]
    const settings = { ...ADAMW_DEFAULTS, epsilon: 1 }
    const norm = applyAdamW(
      clipped,
      [new Float32Array([3]), new Float32Array([4])],
      [false, false],
      createAdamWState([1, 1]),
      settings,
    )
    applyAdamW(
      scaled,
      [new Float32Array([3 / 5]), new Float32Array([4 / 5])],
      [false, false],
      createAdamWState([1, 1]),
      { ...settings, clipNorm: 1e9 },
    )
    expect(norm).toBe(5)
    expect(clipped[0][0]).toBeCloseTo(scaled[0][0], 7)
    expect(clipped[1][0]).toBeCloseTo(scaled[1][0], 7)
  })

  it.each([NaN, Infinity])('changes nothing when a gradient is %d', (bad) => {
    const weights = [new Float32Array([1, 2])]
    const state = createAdamWState([2])
    const norm = applyAdamW(weights, [new Float32Array([1, bad])], [true], state, ADAMW_DEFAULTS)
    expect(Number.isFinite(norm)).toBe(false)
    expect(weights[0]).toEqual(new Float32Array([1, 2]))
    expect(state).toEqual(createAdamWState([2]))
  })

  it('warms up linearly', () => {
    expect([0, 4, 9, 10, 50].map((step) => warmUp(1, step, 10))).toEqual([0.1, 0.5, 1, 1, 1])
  })
})
