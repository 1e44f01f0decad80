import { describe, expect, it } from 'vitest'
import { finalAnswer, judgeNumericAnswer, MALFORMED } from '../../../../shared/environments/numeric-answer.ts'

const SEVENTEEN = { numerator: 17n, denominator: 1n }

describe('finalAnswer', () => {
  it('reads the line of the first mark and ignores what follows', () => {
    expect(finalAnswer('#### 17\n#### 18')).toEqual(SEVENTEEN)
    expect(finalAnswer('####17\nand so on')).toEqual(SEVENTEEN)
    expect(finalAnswer('#### 17 #### 17')).toBeUndefined()
    expect(finalAnswer('#####17')).toBeUndefined()
    expect(finalAnswer('####\n17')).toBeUndefined()
    expect(finalAnswer('### 17')).toBeUndefined()
  })
})

describe('judgeNumericAnswer', () => {
  it('rewards the answer and measures the steps before it', () => {
    expect(judgeNumericAnswer(SEVENTEEN, '3*4=12\n12+5=17\n#### 17')).toEqual({
      reward: 1_000_000,
      correctness: 1_000_000,
      reasoning: 1_000_000,
      satisfaction: 1_000_000,
    })
  })

  it('keeps the reward of a right answer with wrong or no steps, and says so', () => {
    expect(judgeNumericAnswer(SEVENTEEN, '3*4=13\n12+5=17\n#### 17')).toMatchObject({
      reward: 1_000_000,
      reasoning: 500_000,
    })
    expect(judgeNumericAnswer(SEVENTEEN, '#### 17')).toMatchObject({ reward: 1_000_000, reasoning: 0 })
  })

  it('gives no reward to right steps with a wrong answer', () => {
    expect(judgeNumericAnswer(SEVENTEEN, '3*4=12\n12+5=17\n#### 18')).toEqual({
      reward: 0,
      correctness: 0,
      reasoning: 1_000_000,
      satisfaction: 0,
    })
  })

  it('does not count steps written after the answer', () => {
    expect(judgeNumericAnswer(SEVENTEEN, '#### 17\n1+1=2')).toMatchObject({ reasoning: 0 })
  })

  it('gives nothing without a readable answer, however right the steps', () => {
    expect(judgeNumericAnswer(SEVENTEEN, '3*4=12\n12+5=17\n')).toEqual(MALFORMED)
    expect(judgeNumericAnswer(SEVENTEEN, '12+5=17\n#### seventeen')).toEqual(MALFORMED)
  })
})
