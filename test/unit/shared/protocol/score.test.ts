import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PPM } from '../../../../shared/environments/environment.ts'
import { type MinerWindow, minerScore, rowTotal, weightRow } from '../../../../shared/protocol/score.ts'

const ppm = fc.nat(PPM)
const rollouts = fc.record({
  tokens: fc.integer({ min: 1, max: 4096 }),
  reward: ppm,
  correctness: ppm,
  reasoning: ppm,
  satisfaction: ppm,
})
const groups = fc.array(fc.array(rollouts, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 })
const coefficients = fc.record({
  base: ppm,
  correctness: ppm,
  reasoning: ppm,
  satisfaction: ppm,
  signal: ppm,
})
const clean = (of: MinerWindow['scoredGroups']): MinerWindow => ({
  scoredGroups: of,
  committedGroups: of.length,
  auditedTokens: 100,
  acceptedTokens: 100,
  excluded: false,
})
const each = { base: 0, correctness: 0, reasoning: 0, satisfaction: 0, signal: 0 }
const judged = (tokens: number, reward: number, correctness = reward, reasoning = 0, satisfaction = 0) => ({
  tokens,
  reward,
  correctness,
  reasoning,
  satisfaction,
})

describe('minerScore', () => {
  it('gives two identities together what one would have got for the same groups', () => {
    fc.assert(
      fc.property(groups, groups, coefficients, (a, b, c) => {
        const together = minerScore(clean([...a, ...b]), c)
        expect(minerScore(clean(a), c) + minerScore(clean(b), c)).toBe(together)
      }),
      { seed: 1 },
    )
  })

  it('is no higher for any rollout rejected, and 0 when every one is', () => {
    fc.assert(
      fc.property(groups, coefficients, fc.nat(1000), fc.nat(1000), (of, c, x, y) => {
        const [fewer, more] = x < y ? [x, y] : [y, x]
        const score = (acceptedTokens: number) =>
          minerScore({ ...clean(of), auditedTokens: 1000, acceptedTokens }, c)
        expect(score(fewer)).toBeLessThanOrEqual(score(more))
        expect(score(0)).toBe(0n)
      }),
      { seed: 1 },
    )
  })

  it('takes 32 tokens for every one rejected, of all the work alike', () => {
    const of = [[judged(600, 0), judged(400, 0)]]
    const window = { ...clean(of), auditedTokens: 800, acceptedTokens: 790 }
    expect(minerScore(window, { ...each, base: PPM })).toBe(600n * 10n ** 12n)
    expect(minerScore({ ...window, acceptedTokens: 775 }, { ...each, base: PPM })).toBe(0n)
    expect(minerScore({ ...window, acceptedTokens: 700 }, { ...each, base: PPM })).toBe(0n)
  })

  it('leaves less to a rare forgery than honest work, though nobody may look at it', () => {
    // 1,000 rollouts of 20 tokens in 125 groups, of which one rollout each of 25 groups is audited. One is forged:
    // in 100 of 125 draws its group is not read, in 25 it counts, and in an eighth of these it is found.
    const honest = Array.from({ length: 8 }, () => judged(20, 0))
    const forged = honest.with(0, judged(20, PPM, PPM, PPM, PPM))
    const read = Array.from({ length: 25 }, () => honest)
    const pay = (scoredGroups: MinerWindow['scoredGroups'], acceptedTokens: number) =>
      minerScore(
        { scoredGroups, committedGroups: 125, auditedTokens: 500, acceptedTokens, excluded: false },
        { base: 500_000, correctness: PPM, reasoning: 250_000, satisfaction: 250_000, signal: 500_000 },
      )
    const withForged = read.with(0, forged)
    const cheat = 800n * pay(read, 500) + 175n * pay(withForged, 500) + 25n * pay(withForged, 480)
    expect(cheat).toBeLessThan(1000n * pay(read, 500))
  })

  it('takes the groups that were read for all that were committed, and is theirs on average', () => {
    fc.assert(
      fc.property(groups, coefficients, (of, c) => {
        const whole = minerScore(clean(of), c)
        const alone = of.map((group) => minerScore({ ...clean([group]), committedGroups: of.length }, c))
        expect(alone.reduce((sum, score) => sum + score, 0n)).toBe(BigInt(of.length) * whole)
      }),
      { seed: 1 },
    )
  })

  it('pays each component by its coefficient, a rollout by its tokens', () => {
    const of = [
      [judged(10, PPM, PPM, 500_000, 250_000), judged(30, 0)],
      [judged(7, 0), judged(9, 0)],
    ]
    const unit = 10n ** 12n
    expect(minerScore(clean(of), { ...each, base: PPM })).toBe(56n * unit)
    expect(minerScore(clean(of), { ...each, correctness: PPM })).toBe(10n * unit)
    expect(minerScore(clean(of), { ...each, reasoning: PPM })).toBe(5n * unit)
    expect(minerScore(clean(of), { ...each, satisfaction: 400_000 })).toBe(unit)
    // Only the first group's rewards differ: only from it can a learner learn.
    expect(minerScore(clean(of), { ...each, signal: PPM })).toBe(40n * unit)
  })

  it('is 0 for who is excluded, was not audited, or sent nothing', () => {
    const of = [[judged(10, PPM), judged(10, 0)]]
    const all = { base: PPM, correctness: PPM, reasoning: PPM, satisfaction: PPM, signal: PPM }
    expect(minerScore({ ...clean(of), excluded: true }, all)).toBe(0n)
    expect(minerScore({ ...clean(of), auditedTokens: 0, acceptedTokens: 0 }, all)).toBe(0n)
    expect(minerScore(clean([]), all)).toBe(0n)
  })
})

describe('weightRow', () => {
  const scores = fc.array(fc.bigInt(0n, 2n ** 80n), { maxLength: 40 })

  it('sums to at most 15 bits, with no more than one unit lost a miner', () => {
    fc.assert(
      fc.property(scores, (values) => {
        const sum = weightRow(values).reduce((total, weight) => total + weight, 0)
        expect(sum).toBeLessThanOrEqual(rowTotal)
        if (values.some((value) => value > 0n)) expect(sum).toBeGreaterThan(rowTotal - values.length)
      }),
      { seed: 1 },
    )
  })

  it('does not depend on the order of miners, nor on the unit of the scores', () => {
    fc.assert(
      fc.property(scores, (values) => {
        expect(weightRow(values.toReversed())).toEqual(weightRow(values).toReversed())
        expect(weightRow(values.map((value) => value * 7n))).toEqual(weightRow(values))
      }),
      { seed: 1 },
    )
  })

  it('gives nothing for nothing, and everything to who is alone', () => {
    expect(weightRow([])).toEqual([])
    expect(weightRow([0n, 0n])).toEqual([0, 0])
    expect(weightRow([0n, 5n, 0n])).toEqual([0, rowTotal, 0])
  })
})
