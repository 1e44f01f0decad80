import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Arena, openArena } from './arena/arena.ts'
import { type Ground, prepareGround } from './arena/ground.ts'
import { measureHonest } from './arena/measure-honest.ts'
import { measureMiner } from './arena/measure-miner.ts'
import { measureValidator } from './arena/measure-validator.ts'
import { minerAttacks, validatorAttacks } from './catalogue.ts'
import { faultOfValidatorAttack } from './expectations.ts'

/** Small windows: enough for every attack to show itself, too small for figures. `npm run attacks` has those. */
let ground: Ground
let arena: Arena

beforeAll(async () => {
  ground = await prepareGround({ profile: 'fast', seed: 1, groups: 4 })
  arena = openArena(ground, 1)
})
afterAll(() => ground.close())

it('accepts what honest miners make, on both kinds of kernels', async () => {
  const { rejected, rollouts } = await measureHonest(arena, 1500, () => {})
  expect(rollouts).toBeGreaterThanOrEqual(96)
  expect(rejected).toBe(0)
})

describe('a full audit', () => {
  const caught = minerAttacks.filter(({ caughtBy }) => caughtBy !== null)

  it.each(caught)('catches: $name', async (attack) => {
    const outcome = await measureMiner(arena, attack, null)
    expect(outcome.reasons).toHaveProperty([attack.caughtBy as string])
    if (attack.kind !== 'sampling') expect(outcome.incentiveTaken).toBeLessThan(1)
    if (attack.kind === 'model') expect(outcome.detectionPerRollout).toBeGreaterThan(0.8)
    // What passes of a cheat that samples otherwise is what it owed.
    if (attack.kind === 'sampling') {
      expect(outcome.differing).toBeGreaterThan(0)
      expect(outcome.detectionPerRollout).toBeGreaterThanOrEqual(outcome.differing as number)
    }
  })

  it.each(minerAttacks.filter(({ caughtBy, looksFirst }) => caughtBy === null && !looksFirst))(
    'finds no more than what was forged: $name',
    async (attack) => {
      const { detectionPerRollout } = await measureMiner(arena, attack, null)
      expect(detectionPerRollout).toBeLessThanOrEqual(1 / 32)
    },
  )
})

it.each(validatorAttacks)('$name is known by its evidence, or costs the validator', async (attack) => {
  expect(faultOfValidatorAttack(attack, await measureValidator(arena, attack))).toBeNull()
})
