import type { Hex } from 'viem'
import { blocksFor, keystream } from './keystream.ts'

/** Four projections of one byte each: 4 bytes a token. */
export const sketchesPerPosition = 4

/** One number for each projection, of one position. */
export type Sketch = readonly [number, number, number, number]

/**
 * The random signs of one position: 4·V bits of the keystream, token i in bits 4i … 4i + 3, one for each projection.
 * Each position starts on a ChaCha20 block, so that one position costs the same wherever it lies.
 */
export function sketchSigns(seed: Hex, position: number, vocabulary: number): Uint8Array {
  const blocks = blocksFor((sketchesPerPosition * vocabulary) / 8)
  return keystream(seed, 64 * blocks, position * blocks)
}

/**
 * s_j = (1/√V) Σ_i r_ij (logit_i - mean). Since the mean removes the softmax's normaliser, this projects the centred
 * log-probabilities. A linear projection has no set membership to flip, so honest drift stays small while a
 * different model shows at nearly every position (Johnson–Lindenstrauss). Four coarse numbers tell more than two
 * fine ones: a model that is nearly the right one must be lucky four times.
 *
 * @returns integers in steps of `step`, modulo 2^8: what a check compares is small, however large the sketch, so the
 * step can be as fine as honest drift allows
 */
export function sketchPosition(logits: Float32Array, signs: Uint8Array, step: number): Sketch {
  return roundProjections(projectLogits(logits, signs), logits.length, step)
}

/** What `projectLogits` gives for V logits, as a sketch holds it. */
export function roundProjections([a, b, c, d]: Sketch, vocabulary: number, step: number): Sketch {
  const scale = 1 / (Math.sqrt(vocabulary) * step)
  return [wrapToInt8(a * scale), wrapToInt8(b * scale), wrapToInt8(c * scale), wrapToInt8(d * scale)]
}

/**
 * √V s_j: what a sketch holds before it is scaled and rounded. One pass over the logits serves all projections:
 * tokens with the same four signs are summed together, in id order and float64, and then these 16 sums in order.
 */
export function projectLogits(logits: Float32Array, signs: Uint8Array): Sketch {
  const sums = new Float64Array(16)
  const bytes = new Uint32Array(256)
  const pairs = logits.length >>> 1
  for (let pair = 0; pair < pairs; pair++) {
    const both = signs[pair]
    sums[both & 15] += logits[2 * pair]
    sums[both >>> 4] += logits[2 * pair + 1]
    bytes[both]++
  }
  const counts = countPatterns(bytes)
  if (logits.length % 2 === 1) {
    const last = signs[pairs] & 15
    sums[last] += logits[logits.length - 1]
    counts[last]++
  }
  let total = 0
  for (const sum of sums) total += sum
  const mean = total / logits.length
  const projections: [number, number, number, number] = [0, 0, 0, 0]
  for (let pattern = 0; pattern < 16; pattern++) {
    const centred = sums[pattern] - counts[pattern] * mean
    for (let j = 0; j < sketchesPerPosition; j++) projections[j] += (pattern >>> j) & 1 ? centred : -centred
  }
  return projections
}

/** How often each pattern of four signs is in bytes of two. @param bytes how often each byte */
function countPatterns(bytes: Uint32Array): Uint32Array {
  const counts = new Uint32Array(16)
  bytes.forEach((count, both) => {
    counts[both & 15] += count
    counts[both >>> 4] += count
  })
  return counts
}

/** Steps between two sketches, the shorter way round: the largest of the projections'. */
export function sketchDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...[0, 1, 2, 3].map((j) => Math.abs(wrapToInt8(a[j] - b[j]))))
}

/** Exact for every finite number; 0 for what is none. */
function wrapToInt8(value: number): number {
  return (Math.round(value) << 24) >> 24
}
