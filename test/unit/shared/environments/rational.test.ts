import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equal, parseNumber, rational } from '../../../../shared/environments/rational.ts'

describe('parseNumber', () => {
  it.each([
    ['17', 17n, 1n],
    [' 17 ', 17n, 1n],
    ['17.', 17n, 1n],
    ['017', 17n, 1n],
    ['17.00', 17n, 1n],
    ['$17', 17n, 1n],
    ['-$17', -17n, 1n],
    ['$-17', -17n, 1n],
    ['+17', 17n, 1n],
    ['-0', 0n, 1n],
    ['-0.00', 0n, 1n],
    ['1,234', 1234n, 1n],
    ['1,234,567.5', 2469135n, 2n],
    ['.5', 1n, 2n],
    ['2/4', 1n, 2n],
    ['-1.5/3', -1n, 2n],
    ['0/5', 0n, 1n],
  ])('reads %j', (text, numerator, denominator) => {
    expect(parseNumber(text)).toEqual({ numerator, denominator })
  })

  it.each([
    '',
    '-',
    '$',
    '.',
    '..',
    '1..',
    '1.2.3',
    '1,23',
    '1,2345',
    ',123',
    '12,',
    '1.2,345',
    '1234,567',
    '--1',
    '$$1',
    '1e3',
    '0x10',
    '1_000',
    '1 2',
    '1/0',
    '1/2/3',
    '1/',
    '/2',
    '17 apples',
    '١٧',
    'NaN',
    'Infinity',
    '9'.repeat(65),
  ])('refuses %j', (text) => {
    expect(parseNumber(text)).toBeUndefined()
  })

  it('keeps what a float would lose', () => {
    const a = parseNumber('9007199254740993')
    const b = parseNumber('9007199254740992')
    expect(a && b && equal(a, b)).toBe(false)
    const tenth = parseNumber('0.1')
    expect(tenth).toEqual({ numerator: 1n, denominator: 10n })
  })
})

describe('rational', () => {
  it('has one form per number', () => {
    const part = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
    fc.assert(
      fc.property(
        part,
        part.filter((d) => d !== 0n),
        part.filter((k) => k !== 0n),
        (n, d, k) => {
          expect(rational(n * k, d * k)).toEqual(rational(n, d))
        },
      ),
      { seed: 1 },
    )
    expect(rational(1n, 0n)).toBeUndefined()
  })
})
