import { expect, it } from 'vitest'
import { renderCurve } from '../../../../cli/learn/curve.ts'

const point = (steps: number, passRate: number) => ({
  policy: `0x${'11'.repeat(32)}` as const,
  steps,
  rollouts: 256 * steps,
  passRate,
  standardError: 0.01,
  problems: 2048,
})

it('draws a line a checkpoint, its bar as long as its share', () => {
  expect(renderCurve([point(0, 0), point(4, 0.5), point(128, 1)]).split('\n')).toEqual([
    ' steps  pass@1',
    '     0    0.0 % ± 1.0  ',
    `     4   50.0 % ± 1.0  ${'█'.repeat(25)}`,
    `   128  100.0 % ± 1.0  ${'█'.repeat(50)}`,
  ])
})

it('shows an eighth of a column', () => {
  expect(renderCurve([point(1, 1 / 400)])).toMatch(/ ▏$/)
})
