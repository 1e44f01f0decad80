import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { SubnetError } from '../shared/errors.ts'
import { hashManifest, type Manifest, parseManifest } from './checkpoint/manifest.ts'
import { FILES } from './checkpoint/read-checkpoint.ts'

/** A checkpoint's directory and its manifest, found by hash; its other files are not verified yet. */
export interface FoundCheckpoint {
  readonly dir: string
  readonly manifest: Manifest
}

/**
 * Looks through the directories of checkpoints that the operator named. A directory whose manifest cannot be read
 * is somebody else's trouble, or still on its way: it is passed over, and named when nothing else fits. One whose
 * name begins with a dot is being written.
 * @param roots each a checkpoint itself, or a directory of checkpoints
 * @throws SubnetError CHECKPOINT_MISSING naming what was looked for and where
 */
export async function findCheckpoint(roots: readonly string[], manifestHash: Hex): Promise<FoundCheckpoint> {
  const unreadable = new Set<string>()
  for await (const dir of candidates(roots, manifestHash)) {
    const manifest = await readManifest(dir, unreadable)
    if (manifest && hashManifest(manifest) === manifestHash) return { dir, manifest }
  }
  const passedOver = unreadable.size === 0 ? '' : ` Passed over: ${[...unreadable].join('; ')}`
  throw new SubnetError(
    'CHECKPOINT_MISSING',
    `the policy ${manifestHash} that the chain names is in none of: ${roots.join(', ')}. Put its checkpoint directory there.${passedOver}`,
    { retryable: true, details: { manifestHash, roots, unreadable: [...unreadable] } },
  )
}

/** First those that go by the hash, as roles keep them: they ask often, and all others would have to be read. */
async function* candidates(roots: readonly string[], manifestHash: Hex): AsyncGenerator<string> {
  for (const root of roots) yield join(root, manifestHash)
  for (const root of roots) yield* [root, ...(await subdirectories(root))]
}

async function subdirectories(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(root, name))
}

async function readManifest(dir: string, unreadable: Set<string>): Promise<Manifest | undefined> {
  const path = join(dir, FILES.manifest)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return parseManifest(text, path)
  } catch (error) {
    unreadable.add((error as Error).message)
    return undefined
  }
}
