import { join } from 'node:path'
import { expect, it } from 'vitest'
import { choosePieces } from '../../../learner/choose-pieces.ts'
import { collectWindows } from '../../../learner/duties/collect-windows.ts'
import { takeUpdates } from '../../../learner/duties/take-updates.ts'
import { readRecord } from '../../../learner/write-update.ts'
import { readChallenge } from '../../../shared/chain/read-challenge.ts'
import { readPolicy } from '../../../shared/chain/read-policy.ts'
import { disputedEpochs } from '../../../shared/protocol/disputed-epochs.ts'
import { windowStart } from '../../../shared/protocol/schedule.ts'
import { tidyStore } from '../../../shared/store/tidy-store.ts'
import { createLearnerWorld } from '../../helpers/learner-world.ts'

it('keeps what an objector, the next replay and a late joiner ask for, and lets go of the rest', async () => {
  const world = await createLearnerWorld()
  const miner = await world.register('miner', 'a')
  const synchronisation = { mode: 'sequential' } as const
  const learner = world.start({ kind: 'subnet', synchronisation, size: { fewest: 1, most: 4 } })
  const { network, journal } = learner
  const { chain, schedule } = network
  await collectWindows(learner, await world.play(0, [{ miner }]))
  await takeUpdates(learner, () => {})
  const policy = String(journal.newestUpdate()?.checkpoint) as `0x${string}`
  const bundle = String(journal.findDelivery(0, miner.identity.uid)?.bundle)
  const { optimizerAfter } = await readRecord(join(world.updates, policy))
  const { uri, recordHash } = await readPolicy(chain, policy)
  const lasting = [uri.slice(uri.lastIndexOf('/') + 1), recordHash.slice(2), optimizerAfter.slice(2)]
  const choose = () => choosePieces(learner, world.store)

  // Announced: whoever objects needs the bundle, too.
  const challenged = await choose()
  expect([...challenged.needed]).toEqual(expect.arrayContaining([...lasting, bundle]))
  expect(challenged.spare).toEqual(new Set())

  const { endBlock } = await readChallenge(chain, policy)
  await world.subnet.advanceTo(endBlock + 1n)
  const inForce = await choose()
  expect([...inForce.needed]).toEqual(expect.arrayContaining(lasting))
  expect(inForce.needed.has(bundle)).toBe(false)
  expect(inForce.spare).toEqual(new Set())

  const lastDisputed = (disputedEpochs + 1) * schedule.epochWindows
  await world.subnet.advanceTo(windowStart(schedule, lastDisputed))
  const { needed, spare } = await choose()
  expect(spare).toEqual(new Set([bundle]))

  await world.store.put(new TextEncoder().encode('of a policy that nobody runs any more'))
  const later = { ...network.clock, nowMs: () => network.clock.nowMs() + 7_200_000 }
  await tidyStore({ ...network, clock: later }, world.store, { bytes: 0, choose }).run(
    windowStart(schedule, lastDisputed),
  )
  expect(new Set((await world.store.list()).map(({ name }) => name))).toEqual(needed)
  journal.close()
})
