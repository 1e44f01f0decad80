import { evaluate } from './arithmetic.ts'
import { PPM } from './environment.ts'
import { equal } from './rational.ts'

/**
 * Share of the written equations that hold when computed again, in ppm, floored; 0 where none is written.
 *
 * The text is cut into the longest runs of arithmetic characters: digits, `+ - * / × ÷ ( ) $ % =`, spaces, a
 * comma between two digits, a full stop before a digit. In a run, each `=` compares the expression on its left
 * with that on its right; it counts as an equation if the left has an operator after its first character and the
 * right has a digit. So `3*4=12`, `<<48/2=24>>24 clips` and the chain `2+3=5` count, `x = 5` and `5 = 5` do not.
 * An expression that cannot be evaluated does not hold, nor do two
 * equations with nothing but spaces between them: steps stand on lines of their own or in text. Linear in the text.
 */
export function shareOfTrueEquations(text: string): number {
  let written = 0
  let holding = 0
  for (const run of arithmeticRuns(text)) {
    const sides = run.split('=').map((side) => side.trim())
    for (let i = 0; i + 1 < sides.length; i++) {
      if (!hasOperator(sides[i]) || !hasDigit(sides[i + 1])) continue
      written++
      const [left, right] = [evaluate(sides[i]), evaluate(sides[i + 1])]
      if (left !== undefined && right !== undefined && equal(left, right)) holding++
    }
  }
  return written === 0 ? 0 : Math.floor((holding * PPM) / written)
}

function* arithmeticRuns(text: string): Generator<string> {
  let start = 0
  for (let i = 0; i <= text.length; i++) {
    if (i < text.length && isArithmetic(text, i)) continue
    if (i > start) yield text.slice(start, i)
    start = i + 1
  }
}

function isArithmetic(text: string, at: number): boolean {
  const character = text[at]
  if (character === ',') return isDigit(text[at - 1]) && isDigit(text[at + 1])
  if (character === '.') return isDigit(text[at + 1])
  return isDigit(character) || '+-*/×÷()$%= '.includes(character)
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9'
}

function hasDigit(side: string): boolean {
  for (const character of side) if (isDigit(character)) return true
  return false
}

function hasOperator(side: string): boolean {
  for (let i = 1; i < side.length; i++) if ('+-*/×÷'.includes(side[i])) return true
  return false
}
