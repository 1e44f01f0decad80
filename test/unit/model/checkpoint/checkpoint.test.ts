import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deriveCheckpoint } from '../../../../model/checkpoint/checkpoint.ts'
import { sha256 } from '../../../../model/checkpoint/hash.ts'
import { canonicalJson, hashManifest } from '../../../../model/checkpoint/manifest.ts'
import { readCheckpoint } from '../../../../model/checkpoint/read-checkpoint.ts'
import { encodeSafetensors } from '../../../../model/checkpoint/safetensors.ts'
import { writeCheckpoint } from '../../../../model/checkpoint/write-checkpoint.ts'
import { smallCheckpoint, smallConfig } from '../small-policy.ts'

const checkpoint = smallCheckpoint(smallConfig())
let root: string
let good: string
let copies = 0

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'rollproof-checkpoint-'))
  good = join(root, 'good')
  await writeCheckpoint(good, checkpoint)
})
afterAll(() => rm(root, { recursive: true }))

async function damagedCopy(damage: (dir: string) => Promise<void>): Promise<string> {
  const dir = join(root, `copy-${copies++}`)
  await cp(good, dir, { recursive: true })
  await damage(dir)
  return dir
}

describe('a checkpoint directory', () => {
  it('comes back as it was written, and nothing else is left beside it', async () => {
    const read = await readCheckpoint(good)
    expect(read).toEqual(checkpoint)
    expect(await readdir(root)).toEqual(['good'])
  })

  it('is never overwritten', async () => {
    await expect(writeCheckpoint(good, checkpoint)).rejects.toMatchObject({ code: 'CHECKPOINT_EXISTS' })
    expect((await readCheckpoint(good)).manifestHash).toBe(checkpoint.manifestHash)
    expect((await readdir(root)).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it.each(['manifest.json', 'model.safetensors', 'config.json', 'tokenizer.json'])(
    'names a missing %s',
    async (name) => {
      const dir = await damagedCopy((dir) => rm(join(dir, name)))
      await expect(readCheckpoint(dir)).rejects.toMatchObject({
        code: 'CHECKPOINT_MISSING',
        details: { file: join(dir, name) },
      })
    },
  )

  it.each(['model.safetensors', 'config.json', 'tokenizer.json'])(
    'names a changed %s with the hash that was expected and the one found',
    async (name) => {
      const dir = await damagedCopy((dir) => truncate(join(dir, name), 1))
      const error = await readCheckpoint(dir).catch((reason) => reason)
      expect(error).toMatchObject({ code: 'CHECKPOINT_CORRUPT', details: { file: join(dir, name) } })
      const { expected, actual } = error.details
      expect(Object.values(checkpoint.manifest)).toContain(expected)
      expect(actual).toBe(sha256(await readFile(join(dir, name))))
      for (const part of [name, expected, actual, 'Fetch']) expect(error.message).toContain(part)
    },
  )

  it.each([
    ['no JSON', '{'],
    ['an unknown field', canonicalJson({ ...checkpoint.manifest, extra: 1 })],
    ['another version', canonicalJson({ ...checkpoint.manifest, version: 2 })],
    ['a hash that is none', canonicalJson({ ...checkpoint.manifest, weights: '0x12' })],
  ])('is refused when its manifest is %s', async (_, text) => {
    const dir = await damagedCopy((dir) => writeFile(join(dir, 'manifest.json'), text))
    await expect(readCheckpoint(dir)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' })
  })

  it('is refused when its hashes agree but its config is no JSON', async () => {
    const manifest = { ...checkpoint.manifest, architecture: sha256('{') }
    const dir = await damagedCopy(async (dir) => {
      await writeFile(join(dir, 'config.json'), '{')
      await writeFile(join(dir, 'manifest.json'), canonicalJson(manifest))
    })
    await expect(readCheckpoint(dir)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' })
  })

  it.each<[string, (tensors: Map<string, { shape: readonly number[]; data: Float32Array }>) => void]>([
    ['lacks a tensor', (tensors) => void tensors.delete('model.norm.weight')],
    ['has one too many', (tensors) => void tensors.set('extra', { shape: [1], data: new Float32Array(1) })],
    [
      'has one of another shape',
      (tensors) => void tensors.set('model.norm.weight', { shape: [1], data: new Float32Array(1) }),
    ],
  ])('is refused when its hashes agree but it %s', async (_, change) => {
    const tensors = new Map(checkpoint.weights)
    change(tensors)
    const bytes = encodeSafetensors(tensors)
    const dir = await damagedCopy(async (dir) => {
      await writeFile(join(dir, 'model.safetensors'), bytes)
      await writeFile(
        join(dir, 'manifest.json'),
        canonicalJson({ ...checkpoint.manifest, weights: sha256(bytes) }),
      )
    })
    await expect(readCheckpoint(dir)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' })
  })
})

describe('a manifest', () => {
  it('has one hash, whatever the order of its fields', () => {
    const shuffled = Object.fromEntries(Object.entries(checkpoint.manifest).toReversed())
    expect(hashManifest(shuffled as typeof checkpoint.manifest)).toBe(checkpoint.manifestHash)
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: 0.0002 })).toBe(
      '{"a":0.0002,"b":[1,{"c":"x","d":null}]}',
    )
  })

  it('changes its hash with the weights, the temperature and every derived part', () => {
    const hashes = [
      checkpoint,
      smallCheckpoint(smallConfig(), { seed: 2 }),
      smallCheckpoint(smallConfig(), { temperature: 0.9 }),
      deriveCheckpoint(checkpoint, { profile: 'exact' }),
      deriveCheckpoint(checkpoint, { environment: { id: 'sat', parametersHash: `0x${'22'.repeat(32)}` } }),
    ].map(({ manifestHash }) => manifestHash)
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('tolerates nothing under the exact profile', () => {
    const { numerics, graphs, runtime } = deriveCheckpoint(checkpoint, { profile: 'exact' }).manifest
    expect(numerics).toMatchObject({ samplingTolerance: 0, sketchTolerance: 0, logprobTolerance: 0 })
    expect(graphs).toEqual(checkpoint.manifest.graphs)
    expect(runtime).toContain('onnxruntime-web')
  })
})
