import { paddedLength } from '../padding.ts'
import type { ArchitectureConfig } from './config.ts'

export interface RotaryTables {
  /** Positions: the context, padded as sequences are. */
  readonly positions: number
  /** Both [positions, headWidth]. */
  readonly cosine: Float32Array
  readonly sine: Float32Array
}

/**
 * Rotary tables in the half-split layout; `sine` carries the minus sign of the first half.
 *
 * Only + - * / are used, so that every host derives the same bits: Math.cos, Math.sin and Math.pow differ between
 * CPU types. The tables become constants of the graphs, whose hashes are in the manifest.
 */
export function rotaryTables({ context, headWidth, rotaryBase }: ArchitectureConfig): RotaryTables {
  const positions = paddedLength(context)
  const half = headWidth / 2
  const cosine = new Float32Array(positions * headWidth)
  const sine = new Float32Array(positions * headWidth)
  const ratio = 1 / root(rotaryBase, half)
  let frequency = 1
  for (let pair = 0; pair < half; pair++) {
    const turn = unitTurn(frequency)
    let c = 1
    let s = 0
    for (let position = 0; position < positions; position++) {
      const at = position * headWidth + pair
      cosine[at] = c
      cosine[at + half] = c
      sine[at] = -s
      sine[at + half] = s
      const next = c * turn.cosine - s * turn.sine
      s = s * turn.cosine + c * turn.sine
      c = next
    }
    frequency *= ratio
  }
  return { positions, cosine, sine }
}

/** The `degree`-th root of x > 1 by bisection with repeated multiplication, to the last representable bit. */
function root(x: number, degree: number): number {
  let low = 1
  let high = x
  for (;;) {
    const middle = low + (high - low) / 2
    if (middle <= low || middle >= high) return low
    let power = 1
    for (let i = 0; i < degree && power <= x; i++) power *= middle
    if (power <= x) low = middle
    else high = middle
  }
}

/** Cosine and sine of an angle in (0, 1] by their Taylor series; the terms vanish after about twenty. */
function unitTurn(angle: number): { cosine: number; sine: number } {
  let cosine = 0
  let sine = 0
  let term = 1
  for (let n = 0; n < 28; n += 4) {
    cosine += term
    term = (term * angle) / (n + 1)
    sine += term
    term = (term * angle) / (n + 2)
    cosine -= term
    term = (term * angle) / (n + 3)
    sine -= term
    term = (term * angle) / (n + 4)
  }
  return { cosine, sine }
}
