import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it, vi } from 'vitest'
import { collectWindows } from '../../../learner/duties/collect-windows.ts'
import { takeUpdates } from '../../../learner/duties/take-updates.ts'
import { runReplay } from '../../../learner/replay-job.ts'
import { replayPublished } from '../../../learner/replay-published.ts'
import { readActivePolicy } from '../../../shared/chain/read-active-policy.ts'
import { readChallenge } from '../../../shared/chain/read-challenge.ts'
import { readObjections } from '../../../shared/chain/read-objections.ts'
import type { PublishedPolicy } from '../../../shared/chain/read-policy.ts'
import { SubnetError } from '../../../shared/errors.ts'
import type { ReplayPolicy } from '../../../shared/replay-finding.ts'
import { directoryStore } from '../../../shared/store/directory-store.ts'
import { replayUpdates } from '../../../validator/duties/replay-updates.ts'
import { openValidatorJournal } from '../../../validator/journal.ts'
import type { Validator } from '../../../validator/validator.ts'
import { createLearnerWorld, inline, type LearnerWorld } from '../../helpers/learner-world.ts'

let world: LearnerWorld
let validator: Validator
let update: PublishedPolicy
/** As the role takes updates again; what it fetched is its own. */
let replay: ReplayPolicy
beforeEach(async () => {
  world = await createLearnerWorld()
  const miner = await world.register('miner', 'a')
  const { hotKey, identity } = await world.register('validator', 'v')
  const learner = world.start({
    kind: 'subnet',
    synchronisation: { mode: 'sequential' },
    size: { fewest: 1, most: 4 },
  })
  await collectWindows(learner, await world.play(0, [{ miner }]))
  await takeUpdates(learner, () => {})
  update = await readActivePolicy(world.network.chain, Number.MAX_SAFE_INTEGER)
  expect(update.parent).toBe(world.genesis)
  const network = { ...world.network, chain: hotKey }
  const journal = openValidatorJournal(join(world.dir, 'validator.sqlite'))
  const { policies } = learner
  replay = async (policy) => {
    const finding = await replayPublished(
      {
        ...{ observer: network, policies, allowPrivateHosts: true },
        store: directoryStore(join(world.dir, 'validator')),
        replays: inline((job) => runReplay(world.shelf, job)),
        onStep: () => {},
      },
      policy,
    )
    return { ...finding, cpuMs: 0 }
  }
  validator = {
    ...{ network, uid: identity.uid, journal, policies, replay, allowPrivateHosts: true },
    audits: inline(async () => {
      throw new Error('nothing is audited here')
    }),
    drawSalt: () => new Uint8Array(32),
  }
  return () => {
    journal.close()
    learner.journal.close()
  }
})

const outcome = () => validator.journal.findReplay(update.manifestHash)?.outcome ?? null
const objections = () => readObjections(world.network.chain, update.manifestHash)

/** Looks at the chain as the role does, until something came of the replay. */
async function lookUntilFound(duty: ReturnType<typeof replayUpdates>) {
  await duty.run(await world.subnet.block())
  await vi.waitFor(() => expect(outcome()).not.toBeNull(), { timeout: 60_000 })
}

/** To where three quarters of the challenge are over. */
async function passPatience() {
  const { endBlock } = await readChallenge(world.network.chain, update.manifestHash)
  await world.subnet.advanceTo(endBlock - 2n)
}

it('agrees with an honest update, and objects to nothing', async () => {
  const duty = replayUpdates(validator, replay)
  await lookUntilFound(duty)
  expect(outcome()).toBe('agrees')
  await passPatience()
  await duty.run(await world.subnet.block())
  expect(await objections()).toEqual([])
})

it('objects to an update whose record nobody serves, with the parent’s hash, and not before it had time', async () => {
  await rm(join(world.dir, 'store', update.recordHash.slice(2)))
  const duty = replayUpdates(validator, replay)
  await lookUntilFound(duty)
  expect(outcome()).toBe('withheld')
  await duty.run(await world.subnet.block())
  expect(await objections()).toEqual([])
  await passPatience()
  await duty.run(await world.subnet.block())
  expect(await objections()).toMatchObject([{ ownHash: world.genesis }])
  expect((await readActivePolicy(world.network.chain, Number.MAX_SAFE_INTEGER)).manifestHash).toBe(
    world.genesis,
  )
})

it('says nothing of an update that it fails at itself', async () => {
  const duty = replayUpdates(validator, async () => {
    throw new SubnetError('ENGINE_THREADS_FIXED', 'this machine cannot')
  })
  await lookUntilFound(duty)
  expect(outcome()).toBe('abstained')
  expect(world.said).toContainEqual(expect.objectContaining({ message: 'left update unreplayed' }))
  await passPatience()
  await duty.run(await world.subnet.block())
  expect(await objections()).toEqual([])
})

it('nor of one that brought it down three times', async () => {
  let begun = 0
  for (let life = 1; life <= 3; life++) {
    const ends = replayUpdates(validator, async () => {
      begun++
      throw new SubnetError('COMPUTE_THREAD_ENDED', 'the thread has ended')
    })
    await ends.run(await world.subnet.block())
    await vi.waitFor(() => expect(begun).toBe(life))
  }
  await lookUntilFound(replayUpdates(validator, replay))
  expect(outcome()).toBe('abstained')
})
