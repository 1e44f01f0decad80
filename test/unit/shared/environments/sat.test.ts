import { describe, expect, it } from 'vitest'
import { sat, writeAssignment } from '../../../../shared/environments/sat.ts'
import { describeEnvironment, numberedSeed } from '../../../helpers/environment-suite.ts'

describeEnvironment(sat, {
  solve: ({ data }) => writeAssignment(data.variables, data.witness),
  malformed: [
    '01',
    '01101',
    '012345678910',
    '!!012',
    '0 1 2',
    '0!1!2!3!4!5!6!7!8!9x',
    '210',
    'SAT',
    '#### 1',
  ],
  maxPromptBytes: 160,
})

const PROBLEMS = Array.from({ length: 2000 }, (_, i) => sat.generate(numberedSeed(i)))

/** Evaluates the prompt's own text, so that the prompt is checked and not only the data behind it. */
function satisfiedInPrompt(prompt: string, values: readonly boolean[]): [number, number] {
  const clauses = prompt.trimEnd().split(': ')[1].split(' ')
  const holds = (clause: string): boolean =>
    [...clause.matchAll(/(!?)([0-9])/g)].some(([, not, digit]) => values[Number(digit)] === (not === ''))
  return [clauses.filter(holds).length, clauses.length]
}

describe('sat', () => {
  it('draws 3 to 10 variables and 5 to 20 clauses of three distinct variables, all sizes met', () => {
    expect(new Set(PROBLEMS.map(({ data }) => data.variables)).size).toBe(8)
    expect(new Set(PROBLEMS.map(({ data }) => data.clauses.length)).size).toBe(16)
    for (const { data } of PROBLEMS) {
      expect(data.variables >= 3 && data.variables <= 10).toBe(true)
      expect(data.clauses.length >= 5 && data.clauses.length <= 20).toBe(true)
      for (const clause of data.clauses) {
        const [a, b, c] = clause.map((literal) => literal >> 1)
        expect(a < b && b < c && a >= 0 && c < data.variables).toBe(true)
      }
    }
  })

  it('is always satisfiable, by its witness', () => {
    for (const { prompt, data } of PROBLEMS) {
      const values = Array.from({ length: data.variables }, (_, v) => ((data.witness >> v) & 1) === 1)
      const [satisfied, total] = satisfiedInPrompt(prompt, values)
      expect(satisfied).toBe(total)
    }
  })

  it('judges every assignment of a problem as its prompt says', () => {
    for (const problem of PROBLEMS.slice(0, 60)) {
      const { variables, clauses } = problem.data
      for (let assignment = 0; assignment < 2 ** variables; assignment++) {
        const values = Array.from({ length: variables }, (_, v) => ((assignment >> v) & 1) === 1)
        const [satisfied, total] = satisfiedInPrompt(problem.prompt, values)
        const reward = satisfied === total ? 1_000_000 : 0
        expect(sat.judge(problem, writeAssignment(variables, assignment))).toEqual({
          reward,
          correctness: reward,
          reasoning: 0,
          satisfaction: Math.floor((satisfied * 1_000_000) / clauses.length),
        })
      }
    }
  })

  it('uses every literal about equally often', () => {
    const tenVariables = PROBLEMS.filter(({ data }) => data.variables === 10)
    const counts = new Array<number>(20).fill(0)
    for (const { data } of tenVariables) for (const literal of data.clauses.flat()) counts[literal]++
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    for (const count of counts) expect(Math.abs(count - mean) / mean).toBeLessThan(0.25)
  })

  it('refuses an assignment with a missing, repeated, extra or spaced variable', () => {
    const problem = PROBLEMS[0]
    const right = writeAssignment(problem.data.variables, problem.data.witness)
    for (const text of [
      `${right}0`,
      ` ${right}`,
      `${right}\n`,
      right.slice(0, -1),
      `!${right.replace('!', '')}!`,
    ]) {
      expect(sat.judge(problem, text).satisfaction).toBe(0)
    }
  })
})
