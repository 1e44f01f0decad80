import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readCheckpoint } from '../../../../model/checkpoint/read-checkpoint.ts'
import { placeCheckpoint } from '../../../../model/distribution/place-checkpoint.ts'
import { findCheckpoint } from '../../../../model/find-checkpoint.ts'
import { writeDurably } from '../../../../shared/durable-file.ts'
import { temporaryDirectory } from '../../../helpers/relays.ts'
import { smallCheckpoint, smallConfig } from '../small-policy.ts'
import { put } from './policies.ts'

const good = smallCheckpoint(smallConfig())
const other = smallCheckpoint(smallConfig(), { seed: 2 })

async function filesOf(): Promise<Map<string, Uint8Array>> {
  const { dir } = await put(await temporaryDirectory(), good)
  const names = await readdir(dir)
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(dir, name))] as const)),
  )
}

it('leaves nothing but what was there when the disk is full', async () => {
  const shelf = await temporaryDirectory()
  await put(shelf, other)
  let room = 2
  const placed = placeCheckpoint(shelf, good.manifestHash, await filesOf(), async (path, bytes) => {
    if (room-- > 0) return writeDurably(path, bytes)
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  })
  await expect(placed).rejects.toMatchObject({
    code: 'CHECKPOINT_WRITE_FAILED',
    retryable: true,
    message: expect.stringContaining('ENOSPC'),
  })
  expect(await readdir(shelf)).toEqual([other.manifestHash])
  expect(await readCheckpoint(join(shelf, other.manifestHash))).toEqual(other)
})

it('shows a checkpoint only when all of it is there', async () => {
  const shelf = await temporaryDirectory()
  const seen: string[] = []
  await placeCheckpoint(shelf, good.manifestHash, await filesOf(), async (path, bytes) => {
    await writeDurably(path, bytes)
    seen.push(
      await findCheckpoint([shelf], good.manifestHash).then(
        () => 'found',
        (error) => error.code,
      ),
    )
  })
  expect(seen).toEqual(Array(4).fill('CHECKPOINT_MISSING'))
  expect((await findCheckpoint([shelf], good.manifestHash)).dir).toBe(join(shelf, good.manifestHash))
})

it('takes what another process placed meanwhile, if it is sound', async () => {
  const shelf = await temporaryDirectory()
  const { dir } = await put(shelf, good)
  expect(await placeCheckpoint(shelf, good.manifestHash, await filesOf())).toBe(dir)
  await writeFile(join(dir, 'model.safetensors'), 'broken')
  const refused = placeCheckpoint(shelf, good.manifestHash, await filesOf())
  await expect(refused).rejects.toMatchObject({ code: 'CHECKPOINT_EXISTS', details: { dir } })
  expect(await readdir(shelf)).toEqual([good.manifestHash])
})

it('is not looked for in what a killed process left', async () => {
  const shelf = await temporaryDirectory()
  const { dir } = await put(await temporaryDirectory(), good)
  await mkdir(join(shelf, `.${good.manifestHash}-1`))
  await cp(dir, join(shelf, `.${good.manifestHash}-1`), { recursive: true })
  await expect(findCheckpoint([shelf], good.manifestHash)).rejects.toMatchObject({
    code: 'CHECKPOINT_MISSING',
  })
})
