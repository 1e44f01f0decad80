import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ADAPTERS_FILE } from '../../learner/write-update.ts'
import { FILES } from '../../model/checkpoint/read-checkpoint.ts'
import { packCheckpoint } from '../../model/distribution/pack-checkpoint.ts'
import { maxIndexBytes, parseIndex } from '../../model/distribution/package-index.ts'
import { readPackage } from '../../model/distribution/read-package.ts'
import { directoryStore } from '../../shared/store/directory-store.ts'
import { bundleHash } from '../../shared/store/store.ts'
import type { Place } from './place.ts'

/** What a publisher does: the checkpoint as a delta on its parent. */
export async function pack({ parent, child, work }: Place) {
  const store = directoryStore(join(work, 'packages'))
  const adapters = await readFile(join(child, ADAPTERS_FILE)).catch(() => undefined)
  const from = { dir: parent, package: null, ...(adapters && { adapters }) }
  const { hash, bytes, fullBytes } = await packCheckpoint(child, store, from)
  return { package: hash, MiB: bytes / 2 ** 20, ratio: bytes / fullBytes }
}

/** What everybody else does with it. */
export async function unpack(
  { parent, child, work }: Place,
  { package: hash }: { readonly package: string },
) {
  const store = directoryStore(join(work, 'packages'))
  const index = parseIndex(await store.fetch(hash, { maxBytes: maxIndexBytes }))
  const files = await readPackage(hash, index, store, parent)
  const rebuilt = bundleHash(files.get(FILES.weights) as Uint8Array)
  files.clear()
  return { exact: rebuilt === bundleHash(await readFile(join(child, FILES.weights))) }
}
