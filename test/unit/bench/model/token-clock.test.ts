import { expect, test } from 'vitest'
import { startTokenClock } from '../../../../bench/model/token-clock.ts'

const assignment = { prompts: [[1], [2]], newTokens: 3, threads: 1, weights: '', peers: '' }

function answer(rows: readonly number[]) {
  const clock = startTokenClock(assignment)
  for (const row of rows) clock.count(row)
  return clock.read()
}

test('rates of one answer agree with each other, in whatever order rows get their tokens', () => {
  for (const rows of [
    [0, 1, 0, 1, 0, 1],
    [0, 0, 1, 1, 0, 1],
  ]) {
    const { promptMs, tokensPerSecond, decodeTokensPerSecond } = answer(rows)
    const decoded = rows.length - rows.indexOf(1) - 1
    const allMs = 6000 / tokensPerSecond
    expect(promptMs + (1000 * decoded) / decodeTokensPerSecond).toBeCloseTo(allMs, 6)
  }
})

test('an answer with a token too few, or one for another row, is not compared', () => {
  expect(() => answer([0, 1, 0, 1, 0])).toThrow('row 1 got 2 tokens')
  expect(() => answer([0, 1, 0, 1, 0, 0])).toThrow('row 0 got 4 tokens')
})
