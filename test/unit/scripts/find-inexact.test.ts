import { describe, expect, it } from 'vitest'
import { findInexact } from '../../../scripts/find-inexact.ts'

describe('findInexact', () => {
  it.each([
    'Math.exp(x)',
    'Math.log1p(x)',
    'Math.hypot(x, y)',
    'Math.random()',
    'Math.PI',
    "Math['exp'](x)",
    'const { exp } = Math',
    'const m = Math; m.exp(x)',
    'globalThis.Math.exp(x)',
    'x ** 0.5',
    'y **= 2',
    '2 ** x',
    '10 ** 3',
    '2 ** 0.5',
    'Date.now()',
    'new Date()',
    'performance.now()',
    'crypto.getRandomValues(bytes)',
    'process.env.HOME',
    'names.sort((a, b) => a.localeCompare(b))',
    'amount.toLocaleString()',
    'new Intl.Collator()',
  ])('refuses %s', (source) => {
    expect(findInexact(source)).not.toEqual([])
  })

  it.each([
    'Math.sqrt(x) + Math.floor(y) * Math.imul(a, b)',
    'values.map(Math.round)',
    '2 ** 53 - 2 ** -11',
    '10n ** BigInt(digits)',
    '// Math.exp differs between machines\nconst a = 1',
    'const rules = { Date: 1, process: 2 }; rules.process',
    'interface Event { Date: string }',
  ])('accepts %s', (source) => {
    expect(findInexact(source)).toEqual([])
  })

  it('names the line', () => {
    expect(findInexact('const a = 1\nconst b = Math.tanh(a)')).toEqual([
      { line: 2, what: 'Math.tanh is not exact' },
    ])
  })
})
