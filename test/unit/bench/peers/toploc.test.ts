import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { largestMagnitudes } from '../../../../bench/peers/largest.ts'
import { evaluate, interpolate, prime } from '../../../../bench/peers/prime-field.ts'
import {
  bfloat16Bits,
  compareProof,
  decodeProof,
  encodeProof,
  prove,
  toploc,
  withinThresholds,
} from '../../../../bench/peers/toploc.ts'
import { createSeededRandom } from '../../../helpers/seeded-random.ts'
import { examinedRollout, randomPass } from './examined.ts'

function randomActivations(seed: number, length: number): Float32Array {
  const random = createSeededRandom(seed)
  return Float32Array.from({ length }, () => 8 * (random() - 0.5))
}

describe('polynomials over the prime field', () => {
  it('go through the points that they were made from', () => {
    const element = fc.integer({ min: 0, max: prime - 1 })
    const point = fc.tuple(element, element)
    const points = fc.uniqueArray(point, { minLength: 1, maxLength: 40, selector: ([x]) => x })
    fc.assert(
      fc.property(points, (pairs) => {
        const coefficients = interpolate(
          pairs.map(([x]) => x),
          pairs.map(([, y]) => y),
        )
        expect(coefficients).toHaveLength(pairs.length)
        for (const [x, y] of pairs) expect(evaluate(coefficients, x)).toBe(y)
      }),
      { seed: 1 },
    )
  })
})

describe('bfloat16', () => {
  it('is the nearest, ties to even', () => {
    expect([1, -2, 0, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20].map(bfloat16Bits)).toEqual([
      0x3f80, 0xc000, 0, 0x3f80, 0x3f82, 0x3f81,
    ])
  })
})

describe('the largest magnitudes', () => {
  it('come in order of position, earlier ones first among equals', () => {
    expect(largestMagnitudes(Float32Array.of(1, -5, 2, 5, -2), 3)).toEqual([1, 2, 3])
    expect(largestMagnitudes(Float32Array.of(0, 0, 0), 2)).toEqual([0, 1])
    expect(largestMagnitudes(Float32Array.of(3, 4), 9)).toEqual([0, 1])
  })
})

describe('a TOPLOC proof', () => {
  const activations = randomActivations(1, 32 * 96)

  it('takes 258 bytes for 32 tokens and comes back as it was', () => {
    const proof = prove(activations)
    const bytes = encodeProof(proof)
    expect(bytes).toHaveLength(258)
    expect(decodeProof(bytes)).toEqual(proof)
  })

  it('says at each index that it covers what was there, so the comparison is of the pairs themselves', () => {
    const proof = decodeProof(encodeProof(prove(activations)))
    for (const index of largestMagnitudes(activations, 128)) {
      expect(evaluate(proof.coefficients, index % proof.modulus)).toBe(bfloat16Bits(activations[index]))
    }
    const none = { exponentMismatches: 0, meanMantissaError: 0, medianMantissaError: 0 }
    expect(compareProof(proof, activations)).toEqual(none)
  })

  it('keeps indices apart that lie beyond the field', () => {
    const wide = new Float32Array(2 * prime).fill(0.5)
    for (let k = 0; k < 64; k++) {
      wide[k] = 2 + k / 8
      wide[k + prime] = -2 - k / 8
    }
    const proof = prove(wide)
    expect(proof.modulus).toBeLessThan(prime)
    expect(compareProof(proof, wide).exponentMismatches).toBe(0)
  })

  it('survives an error of 1 % and not one of 20 %', () => {
    const proof = prove(activations)
    expect(
      withinThresholds(
        compareProof(
          proof,
          activations.map((value) => value * 1.01),
        ),
      ),
    ).toBe(true)
    expect(
      withinThresholds(
        compareProof(
          proof,
          activations.map((value) => value * 1.2),
        ),
      ),
    ).toBe(false)
  })

  it.each([
    [38, true],
    [39, false],
  ])('with %i of 128 exponents wrong: accepted %j', (wrong, accepted) => {
    const flat = Float32Array.from({ length: 128 }, (_, i) => 1 + i / 256)
    const doubled = flat.map((value, i) => (i < wrong ? 2 * value : value))
    expect(withinThresholds(compareProof(prove(doubled), flat))).toBe(accepted)
  })

  it('judges the mantissas by mean and by median', () => {
    const flat = new Float32Array(128).fill(1)
    const off = (count: number, steps: number) => flat.map((v, i) => (i < count ? v + steps / 128 : v))
    expect(withinThresholds(compareProof(prove(off(128, 8)), flat))).toBe(true)
    expect(withinThresholds(compareProof(prove(off(128, 9)), flat))).toBe(false)
    expect(withinThresholds(compareProof(prove(off(40, 32)), flat))).toBe(true)
    expect(withinThresholds(compareProof(prove(off(40, 33)), flat))).toBe(false)
  })
})

describe('TOPLOC', () => {
  const honest = examinedRollout(randomPass(1, { length: 40 }))
  const accepts = (change: (state: Float32Array, step: number) => Float32Array) =>
    toploc.accepts({ ...honest, activations: honest.activations.map(change) })

  it('accepts the states that the verifier computes, and ones near them', () => {
    expect(accepts((state) => state)).toBe(true)
    expect(accepts((state) => state.map((value) => value * 1.005))).toBe(true)
  })

  it('rejects zeros and the states of another model', () => {
    expect(accepts((state) => new Float32Array(state.length))).toBe(false)
    expect(accepts((_, step) => randomActivations(step, 96))).toBe(false)
  })

  it('looks at every 32 tokens, the last few included', () => {
    expect(accepts((state, step) => (step < 32 ? state : new Float32Array(state.length)))).toBe(false)
  })
})
