import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openArena } from './arena/arena.ts'
import type { MinerAttack } from './arena/attack.ts'
import { type Ground, prepareGround } from './arena/ground.ts'
import { bundleOf, submit } from './arena/miner-program.ts'
import { faultOfMinerAttack } from './expectations.ts'
import { attackAsMiner, runAttacks } from './run-attacks.ts'

let ground: Ground
beforeAll(async () => {
  ground = await prepareGround({ profile: 'fast', seed: 1, groups: 2 })
})
afterAll(() => ground.close())

const attack: MinerAttack = {
  name: 'works honestly',
  kind: 'proof',
  gains: 'nothing',
  caughtBy: 'SKETCH_MISMATCH',
  start: async () => ({
    answer: async (task) => submit(bundleOf(ground, task, await ground.owed(task.window, task.miner))),
  }),
}

it('says so when an attack that must be caught is not', async () => {
  const { fault, detectionPerRollout } = await attackAsMiner(openArena(ground, 1), attack, 1)
  expect(detectionPerRollout).toBe(0)
  expect(fault).toBe('no SKETCH_MISMATCH; found: {}')
})

it('reports an attacker that crashes as a failed attack', async () => {
  const crashing: MinerAttack = {
    ...attack,
    start: () => Promise.reject(new Error('out of memory')),
  }
  expect(await attackAsMiner(openArena(ground, 1), crashing, 1)).toMatchObject({
    name: 'works honestly',
    incentiveTaken: 0,
    fault: 'crashed: out of memory',
  })
})

it.each([
  ['passes with other tokens', { detectionPerRollout: 0.25 }, '0.5 of its rollouts are not the owed ones'],
  ['pays', { incentiveTaken: 1.5 }, 'took 1.5 of honest pay'],
  ['lives too long', { windowsToExclusion: 4 }, 'not excluded within 3 windows'],
])('finds fault with a sampling cheat that %s', (_, change, fault) => {
  const outcome = {
    detectionPerRollout: 0.5,
    differing: 0.5,
    detectionPerPosition: 0.1,
    payUnchecked: 1,
    reasons: { TOKEN_NOT_OWED: 3 },
    windowsToExclusion: 1,
    incentiveTaken: 0,
    peers: {},
  }
  const cheat = { ...attack, kind: 'sampling', caughtBy: 'TOKEN_NOT_OWED' } as const
  expect(faultOfMinerAttack(cheat, outcome)).toBeNull()
  expect(faultOfMinerAttack(cheat, { ...outcome, ...change })).toContain(fault)
})

it('refuses a name that no attack has', async () => {
  const options = { profile: 'fast', seed: 1, windows: 1, groups: 2, honestPositions: 1 } as const
  await expect(runAttacks({ ...options, only: ['bribery'], onProgress: () => {} })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  })
})

it('attacks a policy that somebody brought, and says what it leaves out', async () => {
  const dir = fileURLToPath(new URL('../../models/default', import.meta.url))
  const { attacks, leftOut, honest } = await runAttacks({
    ...{ profile: 'fast', seed: 1, windows: 1, groups: 2, honestPositions: 1 },
    only: ['stale by 1 update', 'stale by 8 updates', 'zero sketches', 'quarter-size distilled model'],
    brought: { dir, dataset: undefined },
    onProgress: () => {},
  })
  expect(honest.rejected).toBe(0)
  expect(leftOut.map(({ name }) => name)).toEqual(['stale by 8 updates', 'quarter-size distilled model'])
  const [stale, zero] = attacks
  expect(zero).toMatchObject({ name: 'zero sketches', detectionPerRollout: 1, fault: null })
  // An update of 1e-6 is small to this policy: most rollouts show it somewhere, no matter which.
  expect(stale).toMatchObject({ name: 'stale by 1 update', kind: 'model', differing: 0 })
})
