import type { Hex } from 'viem'
import { blocksFor, keystream } from './keystream.ts'

/** Two projections of 2 bytes each: 4 bytes a token. */
export const sketchesPerPosition = 2
export const sketchBytesPerToken = 2 * sketchesPerPosition

/**
 * The random signs of one position: 2·V bits of the keystream, projection j in bits j·V … (j+1)·V - 1.
 * Each position starts on a ChaCha20 block, so that one position costs the same wherever it lies.
 */
export function sketchSigns(seed: Hex, position: number, vocabulary: number): Uint8Array {
  const blocks = blocksFor((sketchesPerPosition * vocabulary) / 8)
  return keystream(seed, 64 * blocks, position * blocks)
}

/**
 * s_j = (1/√V) Σ_i r_ij (logit_i - mean), summed in float64 in id order. Since the mean removes the softmax's
 * normaliser, this projects the centred log-probabilities. A linear projection has no set membership to flip, so
 * honest drift stays small while a different model shows at nearly every position (Johnson–Lindenstrauss).
 *
 * @returns two integers in steps of `step`, modulo 2^16: what a check compares is small, however large the sketch,
 * so the step can be as fine as honest drift allows
 */
export function sketchPosition(
  logits: Float32Array,
  signs: Uint8Array,
  step: number,
): readonly [number, number] {
  const scale = 1 / (Math.sqrt(logits.length) * step)
  const [first, second] = projectLogits(logits, signs)
  return [wrapToInt16(first * scale), wrapToInt16(second * scale)]
}

/** √V s_1 and √V s_2: what a sketch holds before it is scaled and rounded. */
export function projectLogits(logits: Float32Array, signs: Uint8Array): readonly [number, number] {
  const vocabulary = logits.length
  let sum = 0
  for (let i = 0; i < vocabulary; i++) sum += logits[i]
  const mean = sum / vocabulary
  return [project(logits, mean, signs, 0), project(logits, mean, signs, vocabulary)]
}

function project(logits: Float32Array, mean: number, signs: Uint8Array, firstBit: number): number {
  let sum = 0
  for (let i = 0; i < logits.length; i++) {
    const bit = firstBit + i
    const centred = logits[i] - mean
    sum += (signs[bit >>> 3] >>> (bit & 7)) & 1 ? centred : -centred
  }
  return sum
}

/** Steps between two sketches, the shorter way round: the larger of the two projections'. */
export function sketchDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...[0, 1].map((j) => Math.abs(wrapToInt16(a[j] - b[j]))))
}

/** Exact for every finite number; 0 for what is none. */
function wrapToInt16(value: number): number {
  return (Math.round(value) << 16) >> 16
}
