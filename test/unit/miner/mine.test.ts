import { join } from 'node:path'
import { expect, it } from 'vitest'
import { generateGroups } from '../../../miner/generate-groups.ts'
import { openMinerJournal } from '../../../miner/journal.ts'
import { mine } from '../../../miner/mine.ts'
import type { Miner } from '../../../miner/mine-window.ts'
import { keepPolicies } from '../../../model/distribution/policy-keeper.ts'
import { readCommitment } from '../../../shared/chain/read-commitments.ts'
import { readOpening } from '../../../shared/chain/read-opening.ts'
import { sendTransaction, signerOf } from '../../../shared/chain/send-transaction.ts'
import { rotateHotKeyCalls } from '../../../shared/chain/stake-calls.ts'
import { windowStart } from '../../../shared/protocol/schedule.ts'
import { createLearnerWorld, type LearnerWorld } from '../../helpers/learner-world.ts'

it('skips a window that began before its key signed, says so once, and answers the next', async () => {
  const world = await createLearnerWorld()
  const { subnet, network, said } = world
  const { identity, owner } = await world.register('miner', 'a')
  const fresh = subnet.as(await subnet.createAccount('fresh'))
  await subnet.advanceTo(windowStart(network.schedule, 0) + 1n)
  const { address } = signerOf(fresh).account
  for (const call of rotateHotKeyCalls(owner, identity, address)) await sendTransaction(owner, call)
  const miner = minerOf(world, fresh, identity.uid)
  const { run } = mine(miner)

  await run(await subnet.block())
  await run(await subnet.block())
  expect(said).toEqual([{ message: 'skipped window', window: 0, why: 'the hot key is newer than it' }])
  expect(miner.journal.find(0)).toBeUndefined()
  expect(await readOpening(subnet, 0)).toBeNull()

  await subnet.advanceTo(windowStart(network.schedule, 1) + 1n)
  await run(await subnet.block())
  expect(said.map(({ message }) => message)).toContain('committed window')
  expect((await readCommitment(subnet, 1, identity.uid))?.root).toBe(miner.journal.find(1)?.root)
  miner.journal.close()
})

function minerOf(world: LearnerWorld, chain: Miner['network']['chain'], uid: number): Miner {
  const { dir, store, shelf, network } = world
  const { log, signal } = network
  const policies = keepPolicies({
    ...{ roots: [join(dir, 'checkpoints')], shelf: join(dir, 'shelf'), peers: [], store, log, signal },
    allowPrivateHosts: true,
  })
  return {
    ...{ uid, store, policies, network: { ...network, chain } },
    journal: openMinerJournal(join(dir, 'miner.sqlite')),
    publicUrl: 'http://127.0.0.1:1',
    produce: async (task) => generateGroups(await shelf.open(task.policy), task),
  }
}
