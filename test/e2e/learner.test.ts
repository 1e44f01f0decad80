import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { conductWindow } from '../../cli/devnet/conductor.ts'
import { readActivePolicy } from '../../shared/chain/read-active-policy.ts'
import { startTestDevnet, type TestDevnet } from '../helpers/devnet.ts'

let devnet: TestDevnet
let flags: readonly string[]

beforeAll(async () => {
  devnet = await startTestDevnet({ miners: 2, validators: 2, adversaries: ['forge'] })
  const dir = dirname(devnet.network.checkpoints)
  const recipe = join(dir, 'recipe.json')
  writeFileSync(recipe, JSON.stringify({ groupsPerStep: 16, warmUpSteps: 0 }))
  // A directory of its own: nobody else finds an update there, everybody fetches it.
  const updates = join(dir, 'learner', 'updates')
  flags = ['--recipe', recipe, '--fewest-groups', '8', '--updates', updates]
  for (const { name } of devnet.network.participants) devnet.start(name)
})
afterAll(async () => devnet?.close())

/** The window waits until everybody who learns, or replays what was learnt, is done with it. */
const learn = (window: number): readonly string[] => {
  const done = devnet
    .events('learner')
    .some((event) => event.message === 'published update' && event.window === window)
  return done ? [] : ['learner']
}

const active = async (window: number) => (await readActivePolicy(devnet.network.chain, window)).manifestHash

test('killed between writing an update and publishing it, the learner publishes that update and no other', async () => {
  const killed = new Promise<void>((resolve, reject) => {
    let done = false
    const onEvent = ({ message }: Readonly<Record<string, unknown>>) => {
      if (done || message !== 'wrote update') return
      done = true
      devnet
        .kill('learner')
        .then(() => devnet.startLearner(flags))
        .then(resolve, reject)
    }
    devnet.startLearner(flags, { onEvent })
  })
  const genesis = await active(0)
  await conductWindow({ ...devnet.stage, learn }, 0)
  await killed
  const { policy, parent, refusedBundles } = await devnet.event('learner', 'published update', { window: 0 })
  expect(parent).toBe(genesis)
  expect(refusedBundles).toBe(1)
  const written = devnet.events('learner').filter(({ message }) => message === 'wrote update')
  expect(written.map((event) => event.policy)).toEqual([policy])
  expect(devnet.events('learner')).toContainEqual(
    expect.objectContaining({ message: 'refused bundle', miner: 2 }),
  )
})

test('the policy changes at the boundary: miners answer with the new one, validators accept, and it learns on', async () => {
  const { policy, parent } = await devnet.event('learner', 'published update', { window: 0 })
  await conductWindow({ ...devnet.stage, learn }, 1)
  expect(await active(0)).toBe(parent)
  expect(await active(1)).toBe(policy)
  for (const miner of ['miner-0', 'miner-1']) {
    expect(await devnet.event(miner, 'started window', { window: 1 })).toMatchObject({ policy })
    expect(await devnet.event(miner, 'fetched checkpoint', { manifestHash: policy })).toBeDefined()
  }
  for (const validator of ['validator-0', 'validator-1']) {
    const audits = devnet
      .events(validator)
      .filter(({ message, window }) => message === 'audited miner' && window === 1)
    expect(audits.map(({ miner, rejected }) => [miner, rejected])).toEqual(
      expect.arrayContaining([
        [0, 0],
        [1, 0],
      ]),
    )
  }
  const next = await devnet.event('learner', 'published update', { window: 1 })
  expect(next.parent).toBe(policy)
  expect(await active(2)).toBe(next.policy)
})
