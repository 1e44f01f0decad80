import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readUpdate, writeUpdate } from '../../../learner/write-update.ts'
import { readCheckpoint } from '../../../model/checkpoint/read-checkpoint.ts'
import { type Lineage, trainTwice } from './updates.ts'

let lineage: Lineage
let root: string
let dir: string

beforeAll(async () => {
  lineage = await trainTwice('fast')
})
afterAll(() => lineage.policy.session.close())
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'update-'))
  dir = join(root, 'step')
  await writeUpdate(dir, lineage.second)
  return () => rm(root, { recursive: true })
})

describe('a written update', () => {
  it('reads back as it was, and as a checkpoint for whoever needs no more', async () => {
    const { checkpoint, optimizer, record } = await readUpdate(dir)
    expect(record).toEqual(lineage.second.record)
    expect(optimizer).toEqual(lineage.second.optimizer)
    expect(checkpoint.manifestHash).toBe(lineage.second.checkpoint.manifestHash)
    expect((await readCheckpoint(dir)).manifestHash).toBe(checkpoint.manifestHash)
  })

  it('is never overwritten', async () => {
    await expect(writeUpdate(dir, lineage.first)).rejects.toMatchObject({ code: 'CHECKPOINT_EXISTS' })
    expect((await readUpdate(dir)).record).toEqual(lineage.second.record)
    expect(await readdir(root)).toEqual(['step'])
  })

  it.each([
    ['optimizer.safetensors', 'CHECKPOINT_CORRUPT'],
    ['model.safetensors', 'CHECKPOINT_CORRUPT'],
    ['update.json', 'UPDATE_RECORD_INVALID'],
  ])('with one byte of %s changed is refused', async (name, code) => {
    const bytes = await readFile(join(dir, name))
    bytes[bytes.length >> 1] ^= 1
    if (name === 'update.json') bytes[0] = 0
    await writeFile(join(dir, name), bytes)
    await expect(readUpdate(dir)).rejects.toMatchObject({ code })
  })

  it('without its optimiser state is still on its way', async () => {
    await rm(join(dir, 'optimizer.safetensors'))
    await expect(readUpdate(dir)).rejects.toMatchObject({ code: 'CHECKPOINT_MISSING', retryable: true })
  })

  it('with the record of another update is refused', async () => {
    await writeUpdate(join(root, 'other'), lineage.first)
    await writeFile(join(dir, 'update.json'), await readFile(join(root, 'other', 'update.json')))
    await expect(readUpdate(dir)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' })
  })
})
