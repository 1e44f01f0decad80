import type { Distribution } from '../distribution.ts'
import { sketchDistance, sketchesPerPosition, sketchPosition } from '../sketch.ts'
import type { PositionFinding } from './position.ts'

/**
 * The committed sketch is that of this policy at this position. Catches another model: quantised, distilled,
 * stale. It proves a forward pass over the tokens, not that they were sampled.
 */
export function checkSketch(
  at: Distribution,
  position: number,
  committed: Int8Array,
  signs: Uint8Array,
  numerics: { sketchStep: number; sketchTolerance: number },
): PositionFinding {
  const first = sketchesPerPosition * position
  const given = committed.subarray(first, first + sketchesPerPosition)
  const expected = sketchPosition(at.logits, signs, numerics.sketchStep)
  const deviation = sketchDistance(given, expected) * numerics.sketchStep
  const tolerance = numerics.sketchTolerance
  if (deviation <= tolerance) return { deviation, rejection: null }
  const numbers = {
    position,
    expected: expected.join(' '),
    given: given.join(' '),
    deviation,
    tolerance,
  }
  return { deviation, rejection: { check: 'sketch', reason: 'SKETCH_MISMATCH', numbers } }
}
