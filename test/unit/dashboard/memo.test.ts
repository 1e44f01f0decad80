import { describe, expect, it } from 'vitest'
import { memoByVersion } from '../../../dashboard/api/memo.ts'

describe('answers', () => {
  it('are computed once for each version, however often they are asked for', async () => {
    let version = 'a'
    let reads = 0
    const remember = memoByVersion<number>(() => version, 8)
    const read = async () => ++reads
    expect(await Promise.all([remember('x', read), remember('x', read)])).toEqual([1, 1])
    version = 'b'
    expect(await remember('x', read)).toBe(2)
  })

  it('that failed, or are none, are asked for again', async () => {
    let reads = 0
    const remember = memoByVersion<number>(
      () => 'a',
      8,
      (value) => value > 2,
    )
    const read = async () => {
      reads++
      if (reads === 1) throw new Error('away')
      return reads
    }
    await expect(remember('x', read)).rejects.toThrow('away')
    expect([await remember('x', read), await remember('x', read), await remember('x', read)]).toEqual([
      2, 3, 3,
    ])
  })

  it('are let go of, the oldest first', async () => {
    const remember = memoByVersion<string>(() => 'a', 2)
    const asked: string[] = []
    const read = (key: string) => async () => {
      asked.push(key)
      return key
    }
    for (const key of ['x', 'y', 'z', 'z', 'x']) await remember(key, read(key))
    expect(asked).toEqual(['x', 'y', 'z', 'x'])
  })
})
