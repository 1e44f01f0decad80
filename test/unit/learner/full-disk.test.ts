import { readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { trainUpdate } from '../../../learner/train-update.ts'
import { readUpdate } from '../../../learner/write-update.ts'
import { writeCheckpoint } from '../../../model/checkpoint/write-checkpoint.ts'
import { packCheckpoint } from '../../../model/distribution/pack-checkpoint.ts'
import { directoryStore } from '../../../shared/store/directory-store.ts'
import { quickRecipe } from '../../helpers/deliveries.ts'
import { mountSmallDisk } from '../../helpers/small-disk.ts'
import { trainTwice } from './updates.ts'

const diskBytes = 64 << 20

async function leaveFree(dir: string, bytes: number): Promise<string> {
  const { bavail, bsize } = await statfs(dir)
  const filler = join(dir, 'filler')
  await writeFile(filler, new Uint8Array(bavail * bsize - bytes))
  return filler
}

it('a full disk leaves the last good update whole, and the next one is taken once there is room', async ({
  skip,
}) => {
  const disk = await mountSmallDisk(diskBytes)
  if (disk === null) return skip('mounting a tmpfs needs root: the full disk was not tried')
  const { policy, parent, admissions, first } = await trainTwice('fast')
  onTestFinished(() => policy.session.close())
  const groups = admissions.flatMap((admission) => admission.groups)
  const [genesis, updates] = [join(disk, 'genesis'), join(disk, 'updates')]
  await writeCheckpoint(genesis, parent)
  const job = { groups, recipe: quickRecipe, updates }
  const { dir } = await trainUpdate({ ...job, parent: { dir: genesis, isUpdate: false } })
  const filler = await leaveFree(disk, 1 << 20)

  const next = { ...job, parent: { dir, isUpdate: true } }
  await expect(trainUpdate(next)).rejects.toMatchObject({
    code: 'UPDATE_WRITE_FAILED',
    retryable: true,
    message: expect.stringContaining('ENOSPC'),
  })
  expect(await readdir(updates)).toEqual([first.checkpoint.manifestHash])
  expect((await readUpdate(dir)).record).toEqual(first.record)

  // To offer it takes room as well; what could be stored of it is not taken for a package.
  const store = directoryStore(join(disk, 'bundles'))
  await expect(packCheckpoint(dir, store)).rejects.toMatchObject({
    code: 'STORE_WRITE_FAILED',
    retryable: true,
  })
  const pieces = await store.list()
  for (const { name, sizeBytes } of pieces) await store.fetch(name, { maxBytes: sizeBytes })

  await rm(filler)
  expect((await readUpdate((await trainUpdate(next)).dir)).record.parent).toBe(first.checkpoint.manifestHash)
  const { hash } = await packCheckpoint(dir, store)
  expect((await store.list()).map(({ name }) => name)).toContain(hash)
})
