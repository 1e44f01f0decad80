import { MAX_NUMBER_LENGTH, parseDecimal, type Rational, rational } from './rational.ts'

/**
 * Exact value of an expression of decimals, + - * / (also × ÷), signs, parentheses, a `$` before and a `%`
 * after a number. undefined when it is not one, is longer than 64 units, or divides by zero. The length bounds
 * the recursion.
 */
export function evaluate(expression: string): Rational | undefined {
  if (expression.length > MAX_NUMBER_LENGTH) return undefined
  let at = 0

  const peek = (): string => {
    while (expression[at] === ' ') at++
    return expression[at] ?? ''
  }

  const sum = (): Rational | undefined => {
    let value = product()
    while (value !== undefined && (peek() === '+' || peek() === '-')) {
      const sign = expression[at++] === '-' ? -1n : 1n
      const right = product()
      value = right && add(value, { ...right, numerator: sign * right.numerator })
    }
    return value
  }

  const product = (): Rational | undefined => {
    let value = factor()
    while (value !== undefined && '*×/÷'.includes(peek()) && peek() !== '') {
      const operator = expression[at++]
      const right = factor()
      if (right === undefined) return undefined
      value = operator === '*' || operator === '×' ? multiply(value, right) : divide(value, right)
    }
    return value
  }

  const factor = (): Rational | undefined => {
    if (peek() === '-' || peek() === '+') {
      const sign = expression[at++] === '-' ? -1n : 1n
      const value = factor()
      return value && { ...value, numerator: sign * value.numerator }
    }
    const value = peek() === '(' ? parenthesised() : number()
    if (value === undefined || peek() !== '%') return value
    at++
    return rational(value.numerator, 100n * value.denominator)
  }

  const parenthesised = (): Rational | undefined => {
    at++
    const value = sum()
    if (peek() !== ')') return undefined
    at++
    return value
  }

  const number = (): Rational | undefined => {
    if (peek() === '$') at++
    const start = at
    while (isNumberCharacter(expression[at])) at++
    return parseDecimal(expression.slice(start, at))
  }

  const value = sum()
  return peek() === '' ? value : undefined
}

function isNumberCharacter(character: string | undefined): boolean {
  return (
    character !== undefined &&
    ((character >= '0' && character <= '9') || character === '.' || character === ',')
  )
}

function add(a: Rational, b: Rational): Rational | undefined {
  return rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
}

function multiply(a: Rational, b: Rational): Rational | undefined {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator)
}

function divide(a: Rational, b: Rational): Rational | undefined {
  return rational(a.numerator * b.denominator, a.denominator * b.numerator)
}
