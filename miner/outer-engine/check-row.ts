import { SubnetError } from '../../shared/errors.ts'
import { sketchesPerPosition } from '../../shared/protocol/sketch.ts'
import type { EngineRow } from './ask-engine.ts'

/** What a row must be. */
export interface ExpectedRow {
  /** Names the rollout in an error. */
  readonly name: string
  readonly vocabulary: number
  readonly sampling: { readonly maxTokens: number; readonly endToken: number }
  /** u_t of every position. */
  readonly uniforms: Float64Array
  /** In nats. */
  readonly logprobTolerance: number
}

/** Intervals and random numbers are both float64: they differ by the rounding of one division. */
const rounding = 2 ** -50

/**
 * What an engine's row shows of itself, without the model: that it is whole, that every random number lies in its
 * token's interval, and that the interval is as wide as the token is said to be likely.
 * @throws SubnetError ENGINE_ANSWER_INVALID, ENGINE_TOKEN_NOT_OWED
 */
export function checkRow(row: EngineRow, expected: ExpectedRow): void {
  checkShape(row, expected)
  row.tokens.forEach((token, position) => {
    const uniform = expected.uniforms[position]
    const [below, above] = row.intervals[position]
    if (uniform < below - rounding || uniform >= above + rounding) {
      throw new SubnetError(
        'ENGINE_TOKEN_NOT_OWED',
        `${expected.name}: the engine gave token ${token} at position ${position}, which owns ${below} to ${above}; the random number there is ${uniform}`,
        { details: { position, token, below, above, uniform } },
      )
    }
    const given = row.logProbabilities[position]
    const apart = Math.abs(Math.log(above - below) - given)
    // Where a token is hardly ever drawn, its interval is known to few digits only.
    if (apart <= expected.logprobTolerance || above - below < 2 ** -30) return
    throw invalid(
      expected,
      `at position ${position} the log-probability ${given} and the interval ${below} to ${above} contradict each other`,
    )
  })
}

function checkShape(row: EngineRow, expected: ExpectedRow): void {
  const { tokens, logProbabilities, intervals, sketches } = row
  const { vocabulary, sampling } = expected
  const beyond = tokens.find((token) => token >= vocabulary)
  if (beyond !== undefined) throw invalid(expected, `token ${beyond} is not among the ${vocabulary}`)
  const end = tokens.indexOf(sampling.endToken)
  const whole = end < 0 ? tokens.length === sampling.maxTokens : end === tokens.length - 1
  if (!whole || tokens.length > sampling.maxTokens) {
    throw invalid(expected, `${tokens.length} tokens neither end with the end token nor fill the limit`)
  }
  const lengths = [logProbabilities.length, intervals.length, sketches.length / sketchesPerPosition]
  if (lengths.some((length) => length !== tokens.length)) {
    throw invalid(expected, `${tokens.length} tokens, but figures for ${lengths.join(', ')}`)
  }
}

function invalid({ name }: ExpectedRow, why: string): SubnetError {
  return new SubnetError('ENGINE_ANSWER_INVALID', `the engine's answer cannot be used: ${name}: ${why}`)
}
