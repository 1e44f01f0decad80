import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../../model/checkpoint/manifest.ts'
import { readCheckpoint } from '../../../../model/checkpoint/read-checkpoint.ts'
import { encodeSafetensors } from '../../../../model/checkpoint/safetensors.ts'
import { splitChunks } from '../../../../model/distribution/chunks.ts'
import {
  type FetchProgress,
  fetchPackage,
  type PackageRequest,
} from '../../../../model/distribution/fetch-package.ts'
import { type PackedCheckpoint, packCheckpoint } from '../../../../model/distribution/pack-checkpoint.ts'
import {
  encodeIndex,
  maxIndexBytes,
  type PackageIndex,
  parseIndex,
} from '../../../../model/distribution/package-index.ts'
import { findCheckpoint } from '../../../../model/find-checkpoint.ts'
import { writeDurably } from '../../../../shared/durable-file.ts'
import { type DirectoryStore, directoryStore } from '../../../../shared/store/directory-store.ts'
import { bundleHash } from '../../../../shared/store/store.ts'
import { hostileAnswers, recordLog, startRelay, temporaryDirectory } from '../../../helpers/relays.ts'
import { childOf, first, put } from './policies.ts'

const second = childOf(first, 1)
const third = childOf(second, 2)

/** A publisher with a chain of packages: one whole, two deltas. */
let publisher: Awaited<ReturnType<typeof publish>>
let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'rollproof-publisher-'))
  publisher = await publish(root)
})
afterAll(() => rm(root, { recursive: true }))

async function publish(root: string) {
  const store = directoryStore(join(root, 'bundles'))
  const dirs = []
  for (const checkpoint of [first, second, third]) dirs.push((await put(root, checkpoint)).dir)
  const whole = await packCheckpoint(dirs[0], store)
  const delta = await packCheckpoint(dirs[1], store, { dir: dirs[0], package: whole.hash })
  const deltaOfDelta = await packCheckpoint(dirs[2], store, { dir: dirs[1], package: delta.hash })
  return { store, dirs, whole, delta, deltaOfDelta }
}

async function receive(request: Partial<PackageRequest> = {}): Promise<PackageRequest & { pieces: string }> {
  const shelf = await temporaryDirectory()
  const pieces = join(await temporaryDirectory(), 'pieces')
  return { peers: [], store: directoryStore(pieces), log: recordLog(), roots: [], shelf, pieces, ...request }
}

async function indexOf(store: DirectoryStore, { hash }: PackedCheckpoint): Promise<PackageIndex> {
  return parseIndex(await store.fetch(hash, { maxBytes: maxIndexBytes }))
}

describe('a package', () => {
  it('brings a checkpoint over, byte for byte', async () => {
    const { store, whole, dirs } = publisher
    const relay = await startRelay(store)
    const progress: FetchProgress[] = []
    const request = await receive({ peers: [relay.peer], onProgress: (now) => progress.push(now) })
    const fetched = await fetchPackage(whole.hash, first.manifestHash, request)
    expect(fetched.dir).toBe((await findCheckpoint([request.shelf], first.manifestHash)).dir)
    for (const name of await readdir(dirs[0])) {
      expect((await readFile(join(fetched.dir, name))).equals(await readFile(join(dirs[0], name)))).toBe(true)
    }
    expect(await readdir(request.shelf)).toEqual([first.manifestHash])
    expect(fetched.bytes).toBe(fetched.fullBytes)
    expect(progress.at(-1)?.bytes).toBe(whole.bytes)
    expect(progress.map(({ bytes }) => bytes)).toEqual(
      progress.map(({ bytes }) => bytes).toSorted((a, b) => a - b),
    )
  })

  it('is the same whoever packs it', async () => {
    const { whole, delta, deltaOfDelta } = await publish(await temporaryDirectory())
    expect(publisher).toMatchObject({ whole, delta, deltaOfDelta })
  })

  it('tells a step as a delta on the parent that is here', async () => {
    const { store, delta, dirs } = publisher
    const relay = await startRelay(store)
    const request = await receive({ peers: [relay.peer], roots: [dirs[0]] })
    const { dir, bytes, fullBytes } = await fetchPackage(delta.hash, second.manifestHash, request)
    expect(await readCheckpoint(dir)).toEqual(second)
    expect(bytes / fullBytes).toBeLessThan(0.05)
    expect({ bytes, fullBytes }).toEqual({ bytes: delta.bytes, fullBytes: delta.fullBytes })
  })

  it('brings the parents that it needs', async () => {
    const { store, deltaOfDelta } = publisher
    const relay = await startRelay(store)
    const request = await receive({ peers: [relay.peer] })
    const { dir } = await fetchPackage(deltaOfDelta.hash, third.manifestHash, request)
    expect(await readCheckpoint(dir)).toEqual(third)
    const all = [first, second, third].map(({ manifestHash }) => manifestHash)
    expect((await readdir(request.shelf)).toSorted()).toEqual(all.toSorted())
  })

  it('waits for a parent that it does not lead to', async () => {
    const { store, dirs } = publisher
    const orphan = await packCheckpoint(dirs[1], store, { dir: dirs[0], package: null })
    const relay = await startRelay(store)
    const request = await receive({ peers: [relay.peer] })
    const missing = { code: 'CHECKPOINT_MISSING', retryable: true }
    await expect(fetchPackage(orphan.hash, null, request)).rejects.toMatchObject(missing)
  })
})

describe('an interrupted download', () => {
  it('goes on with what is on disk, and fetches damaged pieces again', async () => {
    const { store: source, whole } = publisher
    const kill = new AbortController()
    const relay = await startRelay(source, (bytes, response) => {
      if (relay.asked.length > 6) kill.abort(new Error('killed'))
      else response.end(bytes)
    })
    const request = await receive({ peers: [relay.peer] })
    const killed = fetchPackage(whole.hash, null, { ...request, signal: kill.signal })
    await expect(killed).rejects.toThrow('killed')
    expect(await readdir(request.shelf)).toEqual([])

    const held = (await readdir(request.pieces)).filter((name) => !name.startsWith('.'))
    expect(held.length).toBeGreaterThan(1)
    const [damaged] = held.filter((hash) => hash !== whole.hash)
    await writeFile(join(request.pieces, damaged), 'rotten')

    const again = await startRelay(source)
    await fetchPackage(whole.hash, null, { ...request, peers: [again.peer] })
    const pieces = (await indexOf(source, whole)).files.flatMap(({ chunks }) => chunks)
    const missing = pieces.filter((hash) => !held.includes(hash) || hash === damaged)
    expect(again.asked.toSorted()).toEqual(missing.toSorted())
    expect((await readCheckpoint(join(request.shelf, first.manifestHash))).manifestHash).toBe(
      first.manifestHash,
    )
  })

  it('asks nobody for what is whole', async () => {
    const { store, whole } = publisher
    const request = await receive({ store })
    expect((await fetchPackage(whole.hash, null, request)).manifestHash).toBe(first.manifestHash)
  })
})

describe('a full disk', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })

  it('leaves the last good checkpoint and the pieces, and the download goes on later', async () => {
    const { store: source, dirs, whole } = publisher
    const relay = await startRelay(source)
    const shelf = await temporaryDirectory()
    await cp(dirs[2], join(shelf, third.manifestHash), { recursive: true })
    const pieces = join(await temporaryDirectory(), 'pieces')
    let room = 4
    const filling = directoryStore(pieces, async (path, bytes) => {
      if (room-- > 0) return writeDurably(path, bytes)
      await writeDurably(path, bytes.subarray(0, bytes.length / 2))
      throw full
    })
    const request = await receive({ peers: [relay.peer], shelf, store: filling })
    await expect(fetchPackage(whole.hash, null, request)).rejects.toMatchObject({
      code: 'STORE_WRITE_FAILED',
      retryable: true,
      message: expect.stringContaining('ENOSPC'),
    })
    expect((await readdir(pieces)).length).toBe(4)
    expect(await readdir(shelf)).toEqual([third.manifestHash])
    expect(await readCheckpoint(join(shelf, third.manifestHash))).toEqual(third)
    await fetchPackage(whole.hash, null, { ...request, store: directoryStore(pieces) })
    expect((await readdir(shelf)).length).toBe(2)
  })
})

describe('a hostile publisher', () => {
  async function refusal(
    change: (index: PackageIndex, store: DirectoryStore) => PackageIndex | Promise<PackageIndex>,
  ) {
    const { store, whole } = publisher
    const hash = await store.put(encodeIndex(await change(await indexOf(store, whole), store)))
    const relay = await startRelay(store)
    const request = await receive({ peers: [relay.peer] })
    const error = await fetchPackage(hash, first.manifestHash, request).catch((reason) => reason)
    expect(await readdir(request.shelf)).toEqual([])
    return error
  }

  async function replace(
    index: PackageIndex,
    store: DirectoryStore,
    name: string,
    bytes: Uint8Array,
  ): Promise<PackageIndex> {
    for (const chunk of splitChunks(bytes)) await store.put(chunk)
    const files = index.files.map((file) =>
      file.name === name
        ? {
            ...file,
            sizeBytes: bytes.length,
            sha256: bundleHash(bytes),
            chunks: splitChunks(bytes).map(bundleHash),
          }
        : file,
    )
    return { ...index, files, totalBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) }
  }

  it('cannot pass one policy for another', async () => {
    const other = await refusal((index) => ({ ...index, manifestHash: second.manifestHash }))
    expect(other).toMatchObject({ code: 'PACKAGE_INVALID' })
    const manifest = new TextEncoder().encode(canonicalJson({ ...first.manifest, runtime: 'another' }))
    const forged = await refusal((index, store) => replace(index, store, 'manifest.json', manifest))
    expect(forged).toMatchObject({ code: 'CHECKPOINT_CORRUPT' })
  })

  it('cannot swap, shorten or spoil weights', async () => {
    const swapped = await refusal((index, store) =>
      replace(index, store, 'model.safetensors', encodeSafetensors(second.weights)),
    )
    expect(swapped).toMatchObject({ code: 'CHECKPOINT_CORRUPT' })
    const shortened = await refusal(async (index, store) => {
      const cut = await store.put(new Uint8Array(10))
      const files = index.files.map((file) => ({ ...file, chunks: [cut, ...file.chunks.slice(1)] }))
      return { ...index, files }
    })
    expect(shortened).toMatchObject({ code: 'PACKAGE_INVALID' })
    const reordered = await refusal((index) => ({
      ...index,
      files: index.files.map((file) => ({
        ...file,
        chunks: [...file.chunks.slice(0, -1).reverse(), ...file.chunks.slice(-1)],
      })),
    }))
    expect(reordered).toMatchObject({ code: 'PACKAGE_INVALID' })
  })

  it('cannot have weights loaded that are not finite, although every hash fits', async () => {
    const weights = new Map(first.weights)
    const [name, tensor] = [...weights][0]
    weights.set(name, { ...tensor, data: tensor.data.with(7, Number.NaN) })
    const { store, whole } = publisher
    const bytes = encodeSafetensors(weights)
    const manifest = { ...first.manifest, weights: `0x${bundleHash(bytes)}` as const }
    const text = new TextEncoder().encode(canonicalJson(manifest))
    const base = await indexOf(store, whole)
    const index = await replace(
      await replace(base, store, 'model.safetensors', bytes),
      store,
      'manifest.json',
      text,
    )
    const hash = await store.put(encodeIndex(index))
    const relay = await startRelay(store)
    const request = await receive({ peers: [relay.peer] })
    await expect(fetchPackage(hash, null, request)).rejects.toMatchObject({
      code: 'CHECKPOINT_CORRUPT',
      message: expect.stringContaining('NaN'),
    })
    expect(await readdir(request.shelf)).toEqual([])
  })

  it('cannot have a delta applied that gives other weights', async () => {
    const { store, delta, dirs } = publisher
    const index = await replace(
      await indexOf(store, delta),
      store,
      'model.delta',
      new Uint8Array(5000).fill(1),
    )
    const hash = await store.put(encodeIndex(index))
    const request = await receive({ peers: [(await startRelay(store)).peer], roots: [dirs[0]] })
    await expect(fetchPackage(hash, null, request)).rejects.toMatchObject({ code: 'DELTA_INVALID' })
    expect(await readdir(request.shelf)).toEqual([])
  })
})

it('gets a checkpoint through one honest peer among all kinds of hostile ones', async () => {
  const { store, whole } = publisher
  const hostile = await Promise.all(Object.values(hostileAnswers).map((answer) => startRelay(store, answer)))
  const honest = await startRelay(store)
  const log = recordLog()
  const peers = [...hostile, honest].map(({ peer }) => peer)
  const request = await receive({ peers, log })
  const { dir } = await fetchPackage(whole.hash, first.manifestHash, request)
  expect(await readCheckpoint(dir)).toEqual(first)
  const dropped = log.lines.filter(({ message }) => message === 'dropped peer')
  expect(dropped.map(({ fields }) => fields.peer)).not.toContain(honest.url)
  expect(dropped.length).toBeGreaterThan(0)
})
