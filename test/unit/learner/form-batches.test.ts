import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advantagesOf } from '../../../learner/advantages.ts'
import { formBatches } from '../../../learner/form-batches.ts'
import { DEFAULT_RECIPE } from '../../../learner/recipe.ts'
import { admittedGroup, admittedGroups } from './admitted-groups.ts'

const recipe = { ...DEFAULT_RECIPE, groupsPerStep: 3 }
const { signal } = recipe

describe('advantages', () => {
  it('have mean 0 and deviation 1 within their group, and keep the order of the rewards', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 2, maxLength: 16 }), (rewards) => {
        const advantages = advantagesOf(admittedGroup({}, rewards), signal)
        if (advantages === null) return expect(new Set(rewards).size).toBe(1)
        const mean = advantages.reduce((sum, a) => sum + a, 0) / advantages.length
        const variance = advantages.reduce((sum, a) => sum + a * a, 0) / advantages.length
        expect(mean).toBeCloseTo(0, 9)
        expect(variance).toBeCloseTo(1, 9)
        advantages.forEach((a, i) => {
          advantages.forEach((b, j) => {
            if (rewards[i] > rewards[j]) expect(a).toBeGreaterThan(b)
          })
        })
      }),
      { seed: 1 },
    )
  })

  it('come from the components that the recipe weighs', () => {
    const group = admittedGroup({}, [0, 0], undefined, [500_000, 250_000])
    expect(advantagesOf(group, signal)).toBeNull()
    expect(advantagesOf(group, { ...signal, satisfaction: 1 })).toEqual([1, -1])
  })
})

describe('batches', () => {
  it('hold every group that teaches something once, in order, whatever order they came in', () => {
    fc.assert(
      fc.property(admittedGroups, fc.nat(), (groups, turn) => {
        const batches = formBatches(groups, recipe)
        const at = groups.length === 0 ? 0 : turn % groups.length
        expect(formBatches([...groups.slice(at), ...groups.slice(0, at)].reverse(), recipe)).toEqual(batches)
        const listed = batches.flatMap((batch) => batch.groups)
        const teaching = groups.filter((group) => advantagesOf(group, signal) !== null)
        expect(new Set(listed)).toEqual(new Set(teaching))
        const places = listed.map(({ window, miner, group }) => 100 * window + 10 * miner + group)
        expect(places).toEqual(places.toSorted((a, b) => a - b))
        expect(batches.slice(0, -1).every((batch) => batch.groups.length === 3)).toBe(true)
      }),
      { seed: 2 },
    )
  })

  it('give each rollout its row: prompt, tokens, the log-probabilities of the generating policy', () => {
    const [batch] = formBatches([admittedGroup({}, [0, 1_000_000])], recipe)
    expect(batch.rows).toEqual([
      { prompt: [1, 2], completion: [3, 0], advantage: -1, oldLogProbabilities: [-1, -0.5] },
      { prompt: [1, 2], completion: [4, 0], advantage: 1, oldLogProbabilities: [-1, -0.5] },
    ])
  })
})
