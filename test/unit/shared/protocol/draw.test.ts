import { describe, expect, it } from 'vitest'
import { between, createDraw, pick } from '../../../../shared/protocol/draw.ts'

const WORD = 2 ** 32

describe('createDraw', () => {
  it('reads the keystream of RFC 8439, appendix A.1, vectors 1 and 2', () => {
    const draw = createDraw(new Uint8Array(32))
    const words = Array.from({ length: 18 }, () => draw.below(WORD))
    expect(words.slice(0, 4)).toEqual([0xade0b876, 0x903df1a0, 0xe56a5d40, 0x28bd8653])
    expect(words.slice(16)).toEqual([0xbee7079f, 0x7a385155])
  })

  it('gives another stream other words', () => {
    const seed = new Uint8Array(32).fill(7)
    expect(createDraw(seed, 1).below(WORD)).not.toBe(createDraw(seed).below(WORD))
  })

  it('skips words that would favour small results', () => {
    // The first word, 0xade0b876, is above 2^31 + 1, the largest multiple of that bound; so is the second.
    const draw = createDraw(new Uint8Array(32))
    const bound = 2 ** 31 + 1
    expect(draw.below(bound)).toBe(0x28bd8653)
  })

  it('spreads evenly over a bound that does not divide 2^32', () => {
    const draw = createDraw(new Uint8Array(32).fill(1))
    const counts = new Array<number>(7).fill(0)
    for (let i = 0; i < 70_000; i++) counts[draw.below(7)]++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  it('refuses a bound that is no positive integer, and a seed of another length', () => {
    for (const bound of [0, -1, 1.5, Number.NaN, WORD + 1]) {
      expect(() => createDraw(new Uint8Array(32)).below(bound)).toThrow(RangeError)
    }
    expect(() => createDraw(new Uint8Array(31)).below(2)).toThrow()
  })
})

describe('between and pick', () => {
  it('reach both ends', () => {
    const draw = createDraw(new Uint8Array(32).fill(2))
    const seen = new Set(Array.from({ length: 200 }, () => between(draw, 3, 5)))
    expect([...seen].sort()).toEqual([3, 4, 5])
    expect(new Set(Array.from({ length: 200 }, () => pick(draw, ['a', 'b'])))).toEqual(new Set(['a', 'b']))
  })
})
