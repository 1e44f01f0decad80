import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../../../shared/environments/arithmetic.ts'

describe('evaluate', () => {
  it.each([
    ['2+3*4', 14n, 1n],
    ['(2+3)*4', 20n, 1n],
    ['10-4-3', 3n, 1n],
    ['48/2/2', 12n, 1n],
    ['1/3', 1n, 3n],
    ['-(2 - 5)', 3n, 1n],
    ['2--3', 5n, 1n],
    ['2 × 3 ÷ 4', 3n, 2n],
    ['$1,200*.5', 600n, 1n],
    ['50*20%', 10n, 1n],
    ['0.1+0.2', 3n, 10n],
  ])('works out %s exactly', (text, numerator, denominator) => {
    expect(evaluate(text)).toEqual({ numerator, denominator })
  })

  it.each([
    '',
    ' ',
    '+',
    '2+',
    '2 3',
    '(2',
    '2)',
    '()',
    '1/0',
    '1/(2-2)',
    'x',
    '2**3',
    '1.2.3',
    '1'.repeat(65),
  ])('has no value for %j', (text) => {
    expect(evaluate(text)).toBeUndefined()
  })

  it('survives the deepest nesting that fits', () => {
    expect(evaluate(`${'('.repeat(31)}7${')'.repeat(31)}`)).toEqual({ numerator: 7n, denominator: 1n })
    expect(evaluate('('.repeat(64))).toBeUndefined()
    expect(evaluate('-'.repeat(64))).toBeUndefined()
  })

  it('agrees with integers worked out step by step, left to right', () => {
    const operand = fc.integer({ min: 0, max: 99 })
    fc.assert(
      fc.property(
        operand,
        fc.array(fc.tuple(fc.constantFrom('+', '-'), operand), { maxLength: 8 }),
        (first, rest) => {
          const expected = rest.reduce((sum, [sign, n]) => (sign === '+' ? sum + n : sum - n), first)
          const text = rest.reduce((written, [sign, n]) => written + sign + n, String(first))
          expect(evaluate(text)).toEqual({ numerator: BigInt(expected), denominator: 1n })
        },
      ),
      { seed: 1 },
    )
  })
})
