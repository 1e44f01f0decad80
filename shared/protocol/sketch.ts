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
 * @returns two integers in steps of `step`, saturated to int16
 */
export function sketchPosition(
  logits: Float32Array,
  signs: Uint8Array,
  step: number,
): readonly [number, number] {
  const vocabulary = logits.length
  let sum = 0
  for (let i = 0; i < vocabulary; i++) sum += logits[i]
  const mean = sum / vocabulary
  const scale = 1 / (Math.sqrt(vocabulary) * step)
  return [project(logits, mean, signs, 0) * scale, project(logits, mean, signs, vocabulary) * scale].map(
    toInt16,
  ) as [number, number]
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

function toInt16(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value)))
}
