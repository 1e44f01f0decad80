import type { Distribution } from '../distribution.ts'
import { owedToken, samplingDeviation } from '../sampling.ts'
import type { PositionFinding } from './position.ts'

/**
 * The token is the one that the window's randomness and this policy owe. Catches whatever changes tokens: best of
 * n, edited or forged answers, copies, greedy decoding, wrong temperature, a suppressed end token.
 */
export function checkSampling(
  at: Distribution,
  position: number,
  token: number,
  uniform: number,
  tolerance: number,
): PositionFinding {
  const deviation = samplingDeviation(at.probabilities, uniform, token)
  if (deviation <= tolerance) return { deviation, rejection: null }
  const owed = owedToken(at.probabilities, uniform)
  const numbers = {
    position,
    owed,
    given: token,
    uniform,
    deviation,
    tolerance,
    givenProbability: at.probabilities[token],
    owedProbability: at.probabilities[owed],
  }
  return { deviation, rejection: { check: 'sampling', reason: 'TOKEN_NOT_OWED', numbers } }
}
