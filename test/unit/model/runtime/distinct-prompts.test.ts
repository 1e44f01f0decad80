import { expect, test } from 'vitest'
import { distinctPrompts } from '../../../../model/runtime/distinct-prompts.ts'

test('every prompt is found again among those without repetition', () => {
  const prompts = [[1, 2], [12], [1, 2], [3], [12]]
  const { distinct, indices } = distinctPrompts(prompts)
  expect(distinct).toEqual([[1, 2], [12], [3]])
  expect(indices.map((index) => distinct[index])).toEqual(prompts)
})
