import { hexToBytes } from 'viem'
import { createDraw } from '../../shared/protocol/draw.ts'
import { childSeed } from '../../shared/protocol/seed.ts'
import { largestMagnitudes } from './largest.ts'
import type { PeerCase, PeerRule } from './peer-rule.ts'

/** GRAIL v5's published constants. */
const activationsSketched = 16
const largestBucket = 7
const largestCoefficient = 127
export const modulus = 2 ** 31 - 1
const baseTolerance = 6000
const toleranceGrowth = 5
const challengedPositions = 32

/**
 * Bucket k begins at magnitude 2^(k · 10/8) - 1: eight buckets a sign over ten doublings of 1 + |x|. Most
 * activations of a normalised state lie in the first three.
 */
const bucketStarts = Array.from({ length: largestBucket }, (_, k) => 2 ** ((k + 1) * 1.25) - 1)

export function bucketOf(activation: number): number {
  const magnitude = Math.abs(activation)
  const bucket = bucketStarts.filter((start) => magnitude >= start).length
  return activation < 0 ? -bucket : bucket
}

/**
 * Inner product of the signed buckets of the 16 largest activations, in order of index, with public coefficients,
 * modulo 2^31 - 1. Since |sketch| ≤ 16 · 7 · 127 = 14,224 before reduction, the modulus only moves the sign: what
 * looks like a value hidden in two billion is one in 28,449, most of them near zero.
 */
export function sketchActivations(activations: Float32Array, coefficients: readonly number[]): number {
  const sketch = largestMagnitudes(activations, activationsSketched).reduce(
    (sum, index, i) => sum + bucketOf(activations[index]) * coefficients[i],
    0,
  )
  return (sketch + modulus) % modulus
}

export function sketchTolerance(sequencePosition: number): number {
  return Math.floor(baseTolerance + toleranceGrowth * Math.sqrt(sequencePosition))
}

/** Distance on the circle of residues. */
export function sketchDistance(a: number, b: number): number {
  const difference = Math.abs(a - b)
  return Math.min(difference, modulus - difference)
}

/** One vector a window, known before the tokens are fixed, as there. */
export function sketchCoefficients({ windowSeed }: Pick<PeerCase, 'windowSeed'>): number[] {
  const draw = createDraw(hexToBytes(childSeed('peer sketch', windowSeed)))
  const span = 2 * largestCoefficient + 1
  return Array.from({ length: activationsSketched }, () => draw.below(span) - largestCoefficient)
}

/** Positions drawn without replacement; all of a completion that has no more. */
function challenged({ windowSeed, miner, group, index }: PeerCase, length: number): number[] {
  const steps = Array.from({ length }, (_, step) => step)
  if (length <= challengedPositions) return steps
  const draw = createDraw(hexToBytes(childSeed('peer positions', windowSeed, miner, group, index)))
  return Array.from({ length: challengedPositions }, () => steps.splice(draw.below(steps.length), 1)[0])
}

/** GRAIL v5: at each of 32 challenged positions the sketches differ by at most 6000 + 5·√position. */
export const grailSketch: PeerRule = {
  name: 'GRAIL v5 sketch',
  accepts(examined) {
    const { verifier, activations, prompt } = examined
    const coefficients = sketchCoefficients(examined)
    return challenged(examined, verifier.positions.length).every((step) => {
      const expected = sketchActivations(verifier.positions[step].hidden, coefficients)
      const given = sketchActivations(activations[step], coefficients)
      return sketchDistance(expected, given) <= sketchTolerance(prompt.length + step)
    })
  },
}
