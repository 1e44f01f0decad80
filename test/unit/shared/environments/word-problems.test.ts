import { describe, expect, it } from 'vitest'
import { shareOfTrueEquations } from '../../../../shared/environments/equations.ts'
import {
  apply,
  MAX_VALUE,
  wordProblems,
  writeSolution,
} from '../../../../shared/environments/word-problems.ts'
import { describeEnvironment, numberedSeed } from '../../../helpers/environment-suite.ts'

describeEnvironment(wordProblems, {
  solve: ({ data }) => writeSolution(data.steps),
  malformed: ['17', 'The answer is 17.', '#### seventeen', '#### 17 pens', '3*4=12\n12+5=17'],
  maxPromptBytes: 160,
})

const PROBLEMS = Array.from({ length: 2000 }, (_, i) => wordProblems.generate(numberedSeed(i)))

describe('wordProblems', () => {
  it('chains two or three true steps between 1 and the largest value', () => {
    for (const { data } of PROBLEMS) {
      expect([2, 3]).toContain(data.steps.length)
      data.steps.forEach(({ left, operator, right, result }, i) => {
        expect(result).toBe(apply(left, operator, right))
        for (const value of [left, right, result]) {
          expect(value >= 1 && value <= MAX_VALUE && Number.isInteger(value)).toBe(true)
        }
        if (i > 0) expect(left).toBe(data.steps[i - 1].result)
      })
      expect(data.answer).toBe(data.steps[data.steps.length - 1].result)
    }
  })

  it('says every operand in its prompt, in order, and no result', () => {
    for (const { prompt, data } of PROBLEMS) {
      const operands = [data.steps[0].left, ...data.steps.map((step) => step.right)]
      expect(prompt.match(/[0-9]+/g)?.map(Number)).toEqual(operands)
    }
  })

  it('uses every operator and every number of steps about as often as it should', () => {
    const steps = PROBLEMS.flatMap(({ data }) => data.steps)
    for (const operator of ['+', '-', '*']) {
      expect(steps.filter((step) => step.operator === operator).length / steps.length).toBeGreaterThan(0.2)
    }
    const three = PROBLEMS.filter(({ data }) => data.steps.length === 3).length / PROBLEMS.length
    expect(Math.abs(three - 0.5)).toBeLessThan(0.05)
  })

  it('has no answer so frequent that guessing it pays', () => {
    const counts = new Map<number, number>()
    for (const { data } of PROBLEMS) counts.set(data.answer, (counts.get(data.answer) ?? 0) + 1)
    expect(Math.max(...counts.values()) / PROBLEMS.length).toBeLessThan(0.06)
  })

  it('rarely repeats a prompt', () => {
    expect(new Set(PROBLEMS.map(({ prompt }) => prompt)).size).toBeGreaterThan(PROBLEMS.length * 0.99)
  })

  it('accepts the answer in other spellings, and its own solutions hold step by step', () => {
    for (const problem of PROBLEMS.slice(0, 50)) {
      expect(wordProblems.judge(problem, `#### 0${problem.data.answer}.0`).reward).toBe(1_000_000)
      expect(wordProblems.judge(problem, `#### ${problem.data.answer + 1}`).reward).toBe(0)
      expect(shareOfTrueEquations(writeSolution(problem.data.steps))).toBe(1_000_000)
    }
  })
})
