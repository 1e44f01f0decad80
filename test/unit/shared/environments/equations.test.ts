import { describe, expect, it } from 'vitest'
import { shareOfTrueEquations } from '../../../../shared/environments/equations.ts'

describe('shareOfTrueEquations', () => {
  it.each([
    ['', 0],
    ['no steps at all', 0],
    ['3*4=12\n12+5=17\n', 1_000_000],
    ['3*4=12\n12+5=18\n', 500_000],
    ['1+1=3\n1+1=2\n1+1=4\n', 333_333],
    ['He sold 48/2 = <<48/2=24>>24 clips in May.', 1_000_000],
    ['She makes 9 * 2 = $<<9*2=18>>18 a day.', 1_000_000],
    ['It is 80,000+50,000=$130,000.', 1_000_000],
    ['Then 2+3=5, and 2*3=7.', 500_000],
    ['2+3=4+1=5', 1_000_000],
    ['2+3=5+1=6', 500_000],
    ['x = 5 and 5 = 5 and -5 = -5', 0],
    ['1/0=1', 0],
    ['3*=12', 0],
    ['1/3=.33', 0],
    ['==========', 0],
  ])('of %j is %d ppm', (text, share) => {
    expect(shareOfTrueEquations(text)).toBe(share)
  })

  it('reads a text of a million characters of each troublesome kind', () => {
    for (const piece of ['=', '1+', '(', '1=', ' ', '1,', '.1', '1+1=2 ', '<<']) {
      const share = shareOfTrueEquations(piece.repeat(1_000_000 / piece.length))
      expect(share).toBe(0)
    }
  })
})
