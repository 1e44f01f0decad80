import type { Distribution } from '../distribution.ts'
import type { PositionFinding } from './position.ts'

/** The declared log-probability of the given token is this policy's, in nats. NaN is outside every tolerance. */
export function checkLogProbability(
  at: Distribution,
  position: number,
  token: number,
  declared: number,
  tolerance: number,
): PositionFinding {
  const expected = at.logProbabilities[token]
  const deviation = declared === expected ? 0 : Math.abs(declared - expected)
  if (deviation <= tolerance) return { deviation, rejection: null }
  const numbers = { position, token, expected, given: declared, deviation, tolerance }
  return { deviation, rejection: { check: 'log-probability', reason: 'LOG_PROBABILITY_MISMATCH', numbers } }
}
