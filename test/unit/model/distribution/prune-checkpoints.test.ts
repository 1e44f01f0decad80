import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keccak256, toHex } from 'viem'
import { expect, it } from 'vitest'
import { generationsKept, pruneCheckpoints } from '../../../../model/distribution/prune-checkpoints.ts'
import { publishPolicy } from '../../../../shared/chain/publish-policy.ts'
import { readSchedule } from '../../../../shared/chain/read-schedule.ts'
import { systemClock } from '../../../../shared/clock.ts'
import { windowStart } from '../../../../shared/protocol/schedule.ts'
import { firstPolicy, updateOf } from '../../../contracts/policies.ts'
import { createSubnet, testConfig } from '../../../contracts/subnet.ts'
import { temporaryDirectory } from '../../../helpers/relays.ts'

const child = updateOf(firstPolicy, 'child', 1)
const strangers = Array.from({ length: generationsKept }, (_, i) => keccak256(toHex(`stranger ${i}`)))

async function place(shelf: string, name: string, days: number): Promise<void> {
  await mkdir(join(shelf, name), { recursive: true })
  await writeFile(join(shelf, name, 'manifest.json'), '{}')
  const then = new Date(Date.now() - days * 24 * 3600 * 1000)
  await utimes(join(shelf, name), then, then)
}

it('lets go of old checkpoints that no policy of the last ones is, and of nothing else', async () => {
  const { startDelayBlocks: _, ...phases } = testConfig.schedule
  const chain = await createSubnet({ ...testConfig, schedule: { ...phases, startDelayBlocks: 100 } })
  await publishPolicy(chain, firstPolicy)
  const schedule = await readSchedule(chain)
  await chain.advanceTo(windowStart(schedule, 0) + 1n)
  await publishPolicy(chain, child)
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const shelf = await temporaryDirectory()
  const duty = pruneCheckpoints(
    {
      ...{
        chain,
        schedule,
        log,
        clock: systemClock,
        signal: new AbortController().signal,
        pollMs: 10,
        upkeep: [],
      },
      beacon: { chain: chain.deployment.beacon, relays: [] },
    },
    [shelf, join(shelf, 'not there')],
  )
  const [young, ...old] = strangers
  await place(shelf, young, 1)
  for (const name of [...old.slice(2), firstPolicy.manifestHash, child.manifestHash, 'another thing']) {
    await place(shelf, name, 30)
  }
  // As many as are kept: nobody is asked, nothing goes.
  const before = await readdir(shelf)
  await duty.run(windowStart(schedule, 0))
  expect(await readdir(shelf)).toEqual(before)
  for (const name of old.slice(0, 2)) await place(shelf, name, 30)
  await duty.run(windowStart(schedule, 0) + 1n)
  expect(await readdir(shelf)).toHaveLength(before.length + 2)
  await duty.run(windowStart(schedule, 1))
  expect(new Set(await readdir(shelf))).toEqual(
    new Set([young, firstPolicy.manifestHash, child.manifestHash, 'another thing']),
  )
})
