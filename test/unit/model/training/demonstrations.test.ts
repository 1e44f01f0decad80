import { describe, expect, it } from 'vitest'
import { demonstrate } from '../../../../model/training/demonstrations.ts'
import { sat } from '../../../../shared/environments/sat.ts'
import { wordProblems } from '../../../../shared/environments/word-problems.ts'
import { numberedSeed } from '../../../helpers/environment-suite.ts'

const SEEDS = Array.from({ length: 2000 }, (_, i) => numberedSeed(i))
const ENVIRONMENTS = { 'word-problems': wordProblems, sat }

describe('demonstrate', () => {
  it.each(['word-problems', 'sat'] as const)('is always right for %s without noise', (id) => {
    for (const seed of SEEDS) {
      const problem = ENVIRONMENTS[id].generate(seed)
      const { prompt, completion } = demonstrate(id, seed, { noise: 0 })
      expect(prompt).toBe(problem.prompt)
      expect(ENVIRONMENTS[id].judge(problem as never, completion).reward).toBe(1_000_000)
    }
  })

  it('writes the asked share of wrong steps, going on from the wrong number', () => {
    let steps = 0
    let wrong = 0
    for (const seed of SEEDS) {
      const { completion } = demonstrate('word-problems', seed, { noise: 0.45 })
      const lines = completion.split('\n')
      let carried: string | undefined
      for (const line of lines.slice(0, -1)) {
        const [, left, operator, right, result] = line.match(/^(\d+)([-+*])(\d+)=(\d+)$/) as RegExpMatchArray
        if (carried !== undefined) expect(left).toBe(carried)
        const [a, b] = [Number(left), Number(right)]
        steps++
        if (Number(result) !== (operator === '+' ? a + b : operator === '-' ? a - b : a * b)) wrong++
        expect(Number(result)).toBeLessThanOrEqual(50)
        carried = result
      }
      expect(lines[lines.length - 1]).toBe(`#### ${carried}`)
    }
    expect(Math.abs(wrong / steps - 0.45)).toBeLessThan(0.03)
  })

  it('assigns at random where SAT is noisy', () => {
    const random = SEEDS.map((seed) => {
      const judgement = sat.judge(sat.generate(seed), demonstrate('sat', seed, { noise: 1 }).completion)
      expect(judgement.satisfaction).toBeGreaterThan(0)
      return judgement.satisfaction
    })
    const mean = random.reduce((sum, share) => sum + share, 0) / random.length
    expect(Math.abs(mean / 1_000_000 - 7 / 8)).toBeLessThan(0.02)
  })

  it('depends on the seed alone', () => {
    const once = SEEDS.slice(0, 50).map((seed) => demonstrate('word-problems', seed, { noise: 0.5 }))
    expect(SEEDS.slice(0, 50).map((seed) => demonstrate('word-problems', seed, { noise: 0.5 }))).toEqual(once)
  })
})
