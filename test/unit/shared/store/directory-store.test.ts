import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { directoryStore } from '../../../../shared/store/directory-store.ts'
import { bundleHash } from '../../../../shared/store/store.ts'

const bytes = new TextEncoder().encode('a bundle')
const hash = bundleHash(bytes)
const plenty = { maxBytes: 1 << 20 }

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'store-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

describe('the directory store', () => {
  it('gives back what was put, under its sha256', async () => {
    const store = directoryStore(await temporaryDirectory())
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        const hash = await store.put(bytes)
        expect(hash).toBe(bundleHash(bytes))
        expect(new Uint8Array(await store.fetch(hash, { maxBytes: bytes.length }))).toEqual(bytes)
        const { sizeBytes, stream } = await store.openRead(hash)
        expect(sizeBytes).toBe(bytes.length)
        expect(new Uint8Array(await buffer(stream))).toEqual(bytes)
      }),
      { seed: 1, numRuns: 20 },
    )
  })

  it('makes its directory and leaves nothing but the bundle in it', async () => {
    const directory = join(await temporaryDirectory(), 'deep', 'bundles')
    const store = directoryStore(directory)
    expect(await Promise.all([store.put(bytes), store.put(bytes)])).toEqual([hash, hash])
    expect(await readdir(directory)).toEqual([hash])
  })

  it('refuses a file whose bytes were changed and heals it when the bundle is put again', async () => {
    const directory = await temporaryDirectory()
    const store = directoryStore(directory)
    await writeFile(join(directory, hash), 'a bundlf')
    await expect(store.fetch(hash, plenty)).rejects.toMatchObject({
      code: 'STORE_HASH_MISMATCH',
      retryable: false,
      details: { hash },
    })
    await store.put(bytes)
    expect(await store.fetch(hash, plenty)).toEqual(bytes)
  })

  it('refuses a bundle above the limit and takes one at the limit', async () => {
    const store = directoryStore(await temporaryDirectory())
    await store.put(bytes)
    await expect(store.fetch(hash, { maxBytes: bytes.length - 1 })).rejects.toMatchObject({
      code: 'STORE_TOO_LARGE',
    })
    expect(await store.fetch(hash, { maxBytes: bytes.length })).toEqual(bytes)
  })

  it('says that a bundle is absent, in a directory that is absent too', async () => {
    const store = directoryStore(join(await temporaryDirectory(), 'absent'))
    await expect(store.fetch(hash, plenty)).rejects.toMatchObject({
      code: 'STORE_NOT_FOUND',
      retryable: false,
    })
    await expect(store.openRead(hash)).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' })
  })

  it('opens nothing for a name that is not a hash', async () => {
    const directory = await temporaryDirectory()
    await writeFile(join(directory, 'secret'), bytes)
    const store = directoryStore(join(directory, 'bundles'))
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '../secret',
        `../${hash}`,
        hash.toUpperCase(),
        `${hash}/`,
        `${hash}\n`,
        `${hash}\0`,
        '',
      ),
      fc.stringMatching(/^[0-9a-f]{63}$|^[0-9a-f]{65}$/),
    )
    await fc.assert(
      fc.asyncProperty(name, async (name) => {
        await expect(store.fetch(name, plenty)).rejects.toMatchObject({ code: 'STORE_HASH_INVALID' })
        await expect(store.openRead(name)).rejects.toMatchObject({ code: 'STORE_HASH_INVALID' })
      }),
      { seed: 1 },
    )
  })

  it('does not follow a link, wait on a pipe or read a directory in the place of a bundle', async () => {
    for (const plant of [
      (path: string) => writeFile(`${path}.target`, bytes).then(() => symlink(`${path}.target`, path)),
      (path: string) => execFileSync('mkfifo', [path]),
      (path: string) => execFileSync('mkdir', [path]),
    ]) {
      const directory = await temporaryDirectory()
      await plant(join(directory, hash))
      await expect(directoryStore(directory).fetch(hash, plenty)).rejects.toMatchObject({
        code: 'STORE_UNREACHABLE',
      })
    }
  })

  it('says why it cannot write, and leaves no half bundle', async () => {
    const directory = await temporaryDirectory()
    await writeFile(join(directory, 'file'), '')
    await expect(directoryStore(join(directory, 'file')).put(bytes)).rejects.toMatchObject({
      code: 'STORE_WRITE_FAILED',
      retryable: true,
    })
    execFileSync('mkdir', [join(directory, hash)])
    await expect(directoryStore(directory).put(bytes)).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' })
    expect((await readdir(directory)).sort()).toEqual([hash, 'file'].sort())
  })

  it('ends with the reason of an aborted signal', async () => {
    const store = directoryStore(await temporaryDirectory())
    const signal = AbortSignal.abort(new Error('shutting down'))
    await expect(store.fetch(hash, { ...plenty, signal })).rejects.toThrow('shutting down')
  })
})
