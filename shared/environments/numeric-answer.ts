import { type Judgement, PPM } from './environment.ts'
import { shareOfTrueEquations } from './equations.ts'
import { equal, parseNumber, type Rational } from './rational.ts'

const MARK = '####'

/** What every environment answers to a completion that it cannot read. */
export const MALFORMED: Judgement = Object.freeze({
  reward: 0,
  correctness: 0,
  reasoning: 0,
  satisfaction: 0,
})

/**
 * The number on the line of the first `####`, which must hold nothing else after the mark; undefined where there
 * is none. The first, because GSM8K's published evaluation reads the first; what follows that line is ignored.
 */
export function finalAnswer(completion: string): Rational | undefined {
  const mark = completion.indexOf(MARK)
  if (mark < 0) return undefined
  const end = completion.indexOf('\n', mark)
  return parseNumber(completion.slice(mark + MARK.length, end < 0 ? undefined : end))
}

/** Judges steps and `#### answer` against the right number. Without a readable answer everything is 0. */
export function judgeNumericAnswer(expected: Rational, completion: string): Judgement {
  const answer = finalAnswer(completion)
  if (answer === undefined) return MALFORMED
  const correctness = equal(answer, expected) ? PPM : 0
  const steps = completion.slice(0, completion.indexOf(MARK))
  return {
    reward: correctness,
    correctness,
    reasoning: shareOfTrueEquations(steps),
    satisfaction: correctness,
  }
}
