import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { syncDirectory, type WriteFile, writeDurably } from '../durable-file.ts'
import {
  assertBundleBytes,
  assertBundleHash,
  type BundleStore,
  bundleHash,
  isBundleHash,
  notFound,
  storeError,
  tooLarge,
} from './store.ts'

export interface StoredFile {
  readonly name: string
  readonly sizeBytes: number
  /** When it was put last. */
  readonly storedMs: number
}

export interface DirectoryStore extends BundleStore {
  /**
   * For serving without holding a bundle in memory. The bytes are not checked: whoever receives them does.
   * The caller consumes or destroys the stream. @throws SubnetError STORE_NOT_FOUND, STORE_UNREACHABLE
   * @param from first byte of the stream; the size is that of the whole
   */
  openRead(hash: string, from?: number): Promise<{ sizeBytes: number; stream: Readable }>
  /** 0 where there is none. */
  sizeOf(hash: string): Promise<number>
  /** Everything that was put, in no order. */
  list(): Promise<StoredFile[]>
  /** For good; nothing where there is none. */
  remove(hash: string): Promise<void>
}

/** A planted link or pipe is an error, not something to follow or to wait on. */
const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Bundles as files `{directory}/{hash}`. The directory is made by the first `put`. A file appears under its name
 * only when complete and on disk, so that a process killed at any moment leaves no half bundle behind.
 */
export function directoryStore(path: string, write: WriteFile = writeDurably): DirectoryStore {
  const directory = resolve(path)
  let writes = 0

  return {
    async put(bytes, hash = bundleHash(bytes)) {
      assertBundleHash(hash)
      const temporary = join(directory, `.${hash}.${process.pid}.${writes++}`)
      try {
        await mkdir(directory, { recursive: true })
        await write(temporary, bytes)
        await rename(temporary, join(directory, hash))
        await syncDirectory(directory)
      } catch (cause) {
        await rm(temporary, { force: true }).catch(() => {})
        throw storeError(
          'STORE_WRITE_FAILED',
          `cannot store bundle ${hash} in ${directory}: ${(cause as Error).message}; check free space and rights`,
          { retryable: true, details: { hash, directory }, cause },
        )
      }
      return hash
    },

    async fetch(hash, { maxBytes, signal, fits }) {
      signal?.throwIfAborted()
      const { handle, sizeBytes } = await openBundle(directory, hash)
      try {
        if (sizeBytes > maxBytes) throw tooLarge(hash, maxBytes, directory)
        const bytes = await readExactly(handle, sizeBytes, signal)
        assertBundleBytes(hash, bytes, directory, fits)
        return bytes
      } finally {
        await handle.close()
      }
    },

    async openRead(hash, from = 0) {
      const { handle, sizeBytes } = await openBundle(directory, hash)
      return { sizeBytes, stream: handle.createReadStream({ start: from }) }
    },

    async sizeOf(hash) {
      assertBundleHash(hash)
      const stats = await lstat(join(directory, hash)).catch(() => null)
      return stats?.isFile() ? stats.size : 0
    },

    async list() {
      const names = await readdir(directory).catch(() => [])
      const files = names.filter(isBundleHash).map(async (name) => {
        const stats = await lstat(join(directory, name)).catch(() => null)
        return stats?.isFile() ? [{ name, sizeBytes: stats.size, storedMs: stats.mtimeMs }] : []
      })
      return (await Promise.all(files)).flat()
    },

    async remove(hash) {
      assertBundleHash(hash)
      await rm(join(directory, hash), { force: true })
    },
  }
}

async function openBundle(
  directory: string,
  hash: string,
): Promise<{ handle: FileHandle; sizeBytes: number }> {
  assertBundleHash(hash)
  let handle: FileHandle | undefined
  try {
    handle = await open(join(directory, hash), readFlags)
    const stats = await handle.stat()
    if (!stats.isFile()) throw new Error('it is not a regular file')
    return { handle, sizeBytes: stats.size }
  } catch (cause) {
    await handle?.close()
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw notFound(hash, directory, cause)
    const message = `cannot read bundle ${hash} in ${directory}: ${(cause as Error).message}`
    throw storeError('STORE_UNREACHABLE', message, { details: { hash, directory }, cause })
  }
}

/** At most the size that was checked, should the file grow meanwhile. */
async function readExactly(
  handle: FileHandle,
  sizeBytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes)
  let read = 0
  while (read < sizeBytes) {
    signal?.throwIfAborted()
    const { bytesRead } = await handle.read(bytes, read)
    if (bytesRead === 0) break
    read += bytesRead
  }
  return bytes.subarray(0, read)
}
