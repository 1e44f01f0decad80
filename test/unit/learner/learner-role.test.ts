import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { admitBundle } from '../../../learner/admit-bundle.ts'
import { collectWindows } from '../../../learner/duties/collect-windows.ts'
import { followRejections } from '../../../learner/duties/follow-rejections.ts'
import { refillPool } from '../../../learner/duties/refill-pool.ts'
import { takeUpdates } from '../../../learner/duties/take-updates.ts'
import type { Learner, Purpose } from '../../../learner/learner.ts'
import { readRecord } from '../../../learner/write-update.ts'
import { objectPolicy } from '../../../shared/chain/object-policy.ts'
import { readActivePolicy } from '../../../shared/chain/read-active-policy.ts'
import { readUpdates } from '../../../shared/chain/read-updates.ts'
import { SubnetError } from '../../../shared/errors.ts'
import type { Bundle } from '../../../shared/protocol/rollout.ts'
import { withRollout } from '../../helpers/deliveries.ts'
import { createLearnerWorld, inline, type LearnerWorld } from '../../helpers/learner-world.ts'

type Member = Awaited<ReturnType<LearnerWorld['register']>>
let world: LearnerWorld
let miners: Member[]
let lives: Learner[]
beforeEach(async () => {
  world = await createLearnerWorld()
  miners = [await world.register('miner', 'a'), await world.register('miner', 'b')]
  lives = []
  return () => {
    for (const { journal } of lives) journal.close()
  }
})

const sequential: Purpose = {
  kind: 'subnet',
  synchronisation: { mode: 'sequential' },
  size: { fewest: 1, most: 3 },
}
const asynchronous: Purpose = { ...sequential, synchronisation: { mode: 'asynchronous', mostStale: 1 } }

function start(purpose = sequential, changes: Partial<Learner> = {}): Learner {
  const learner = world.start(purpose, changes)
  lives.push(learner)
  return learner
}
/** As a power cut would: nothing of it is left but the disk. */
function kill(learner: Learner) {
  learner.journal.close()
  lives.splice(lives.indexOf(learner), 1)
}
const waiting: string[] = []
const update = (learner: Learner) => takeUpdates(learner, (why) => waiting.push(why))
const events = (message: string) => world.said.filter((entry) => entry.message === message)
const latest = async () => (await readActivePolicy(world.network.chain, Number.MAX_SAFE_INTEGER)).manifestHash
const recordOf = (policy: string) => readRecord(join(world.updates, policy))
const forged = (honest: Bundle) =>
  withRollout(honest, 0, 0, ({ tokens }) => ({ tokens: tokens.with(0, (tokens[0] + 1) % 50) }))

describe('asynchronous mode', () => {
  it('counts staleness at the moment of use: what was fresh on arrival is left when it is too old', async () => {
    const learner = start(asynchronous)
    await collectWindows(learner, await world.play(0, [{ miner: miners[0] }, { miner: miners[1] }]))
    await update(learner)
    const first = await latest()
    await update(learner)
    const second = await latest()
    // Groups of the first policy are left, two updates old by now.
    expect([...learner.pool.values()].flat().length).toBeGreaterThan(0)
    await update(learner)
    expect(await readUpdates(world.network.chain)).toEqual([first, second])
    expect((await recordOf(second)).parent).toBe(first)
    expect((await recordOf(second)).groups.map(({ policy }) => policy)).toEqual(Array(3).fill(world.genesis))
    expect(waiting.at(-1)).toContain('at most 1 updates stale')
    expect(learner.pool.size).toBe(0)
  })

  it('a miner that is killed after it committed, or never commits, does not stall it', async () => {
    const learner = start(asynchronous)
    const third = await world.register('miner', 'c')
    await collectWindows(learner, await world.play(0, [{ miner: miners[0] }, { miner: third, gone: true }]))
    expect(events('missed bundle')).toMatchObject([{ miner: third.identity.uid }])
    await update(learner)
    const { groups } = await recordOf(await latest())
    expect(new Set(groups.map(({ miner }) => miner))).toEqual(new Set([miners[0].identity.uid]))
  })
})

describe('a learner that is killed', () => {
  it('after writing an update publishes that one and no other', async () => {
    const dies = (message: string) => {
      world.said.push({ message })
      if (message === 'wrote update') throw new Error('killed')
    }
    const { network } = world
    const log = { ...network.log, info: dies }
    const first = start(sequential, { network: { ...network, log } })
    await collectWindows(first, await world.play(0, [{ miner: miners[0] }]))
    await expect(update(first)).rejects.toThrow('killed')
    const written = first.journal.newestUpdate()
    expect(written?.state).toBe('written')
    expect(await latest()).toBe(world.genesis)
    kill(first)
    const second = start()
    await refillPool(second)
    await update(second)
    expect(await latest()).toBe(written?.checkpoint)
    expect(second.journal.newestUpdate()).toMatchObject({ number: written?.number, state: 'published' })
  })

  it('and whose bundle is lost meanwhile says so and goes on with what there is', async () => {
    const first = start()
    await collectWindows(first, await world.play(0, [{ miner: miners[0] }, { miner: miners[1] }]))
    const lost = first.journal.findDelivery(0, miners[0].identity.uid)
    await rm(join(world.dir, 'store', String(lost?.bundle)))
    kill(first)
    const second = start()
    await refillPool(second)
    expect(events('lost bundle')).toMatchObject([{ window: 0, miner: miners[0].identity.uid }])
    await update(second)
    const { groups } = await recordOf(await latest())
    expect(new Set(groups.map(({ miner }) => miner))).toEqual(new Set([miners[1].identity.uid]))
    kill(second)
    const third = start()
    await refillPool(third)
    expect(events('lost bundle')).toHaveLength(1)
  })

  it('with its update directories goes on from the states that its store and the chain still name', async () => {
    const first = start(asynchronous)
    await collectWindows(first, await world.play(0, [{ miner: miners[0] }, { miner: miners[1] }]))
    await update(first)
    const parent = await latest()
    await rm(join(world.updates, parent), { recursive: true })
    await update(first)
    expect(events('restored update')).toMatchObject([{ policy: parent }])
    expect((await recordOf(await latest())).optimizerBefore).toBe((await recordOf(parent)).optimizerAfter)
  })

  it('and whose states nobody has waits for them', async () => {
    const first = start(asynchronous)
    await collectWindows(first, await world.play(0, [{ miner: miners[0] }, { miner: miners[1] }]))
    await update(first)
    const parent = await latest()
    const { optimizerAfter } = await recordOf(parent)
    await rm(join(world.updates, parent), { recursive: true })
    await rm(join(world.dir, 'store', optimizerAfter.slice(2)))
    await expect(update(first)).rejects.toMatchObject({ code: 'OPTIMIZER_STATE_MISSING', retryable: true })
    expect(await latest()).toBe(parent)
  })
})

it('after a rejection starts from the policy that stands', async () => {
  const validators = [await world.register('validator', 'v'), await world.register('validator', 'w')]
  const learner = start()
  await collectWindows(learner, await world.play(0, [{ miner: miners[0] }, { miner: miners[1] }]))
  await update(learner)
  const rejected = await latest()
  for (const { hotKey } of validators) await objectPolicy(hotKey, rejected, world.genesis)
  await followRejections(learner)
  expect(events('rejected update')).toMatchObject([{ policy: rejected }])
  await update(learner)
  const next = await latest()
  expect([world.genesis, rejected]).not.toContain(next)
  const [before, after] = [await recordOf(rejected), await recordOf(next)]
  expect(after.parent).toBe(world.genesis)
  // What the rejected update took is never taken again.
  const taken = new Set(before.groups.map(({ leaf }) => leaf))
  expect(after.groups.some(({ leaf }) => taken.has(leaf))).toBe(false)
})

it('a miner is skipped after its second refused bundle, and its third is not even fetched', async () => {
  const learner = start()
  for (const window of [0, 1]) {
    await collectWindows(learner, await world.play(window, [{ miner: miners[0], instead: forged }]))
  }
  expect(events('refused bundle')).toHaveLength(2)
  await collectWindows(learner, await world.play(2, [{ miner: miners[0], gone: true }]))
  expect(events('skipped bundle')).toMatchObject([{ window: 2, miner: miners[0].identity.uid }])
  expect(events('missed bundle')).toEqual([])
})

describe('a bundle that admission fails at', () => {
  const bad = () => miners[0].identity.uid

  it('is set aside, loudly and without a verdict, and the others are trained on', async () => {
    const admissions = inline<
      Parameters<Learner['admissions']['run']>[0],
      Awaited<ReturnType<typeof admitBundle>>
    >(async (delivery) => {
      const { window, miner, policy } = delivery.committed
      if (miner === bad()) throw new SubnetError('ADMISSION_FAILED', `${window}/${miner} failed`)
      return admitBundle(await world.shelf.open(policy), delivery)
    })
    const learner = start(sequential, { admissions })
    await collectWindows(learner, await world.play(0, [{ miner: miners[0] }, { miner: miners[1] }]))
    expect(events('set bundle aside')).toMatchObject([{ miner: bad(), code: 'ADMISSION_FAILED' }])
    expect(learner.journal.findDelivery(0, bad())).toMatchObject({ status: 'aside' })
    expect(learner.journal.countRefused({ from: 0, to: 0 })).toBe(0)
    await update(learner)
    const { groups } = await recordOf(await latest())
    expect(groups.every(({ miner }) => miner !== bad())).toBe(true)
  })

  it('ends the learner three times at most', async () => {
    const block = await world.play(0, [{ miner: miners[0] }])
    const ends = inline<never, never>(async () => {
      throw new SubnetError('COMPUTE_THREAD_ENDED', 'the thread has ended')
    })
    for (let life = 0; life < 3; life++) {
      const learner = start(sequential, { admissions: ends })
      await expect(collectWindows(learner, block)).rejects.toMatchObject({ code: 'COMPUTE_THREAD_ENDED' })
      kill(learner)
    }
    const last = start(sequential, { admissions: ends })
    await collectWindows(last, block)
    expect(last.journal.findDelivery(0, bad())).toMatchObject({ status: 'aside' })
    expect(events('collected window')).toMatchObject([{ window: 0, aside: 1, refused: 0 }])
  })
})
