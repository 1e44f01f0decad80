import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { syncDirectory, type WriteFile, writeDurably } from '../../shared/durable-file.ts'
import { SubnetError } from '../../shared/errors.ts'
import { readCheckpoint } from '../checkpoint/read-checkpoint.ts'

/**
 * Puts a checkpoint's files on a shelf as `{shelf}/{manifestHash}`. They are verified where they lie, hashes, shapes
 * and every number, before the directory gets the name under which it can be found; whatever fails, the shelf keeps
 * what it had.
 * @returns its directory: another process's, where that was faster with the same checkpoint
 * @throws SubnetError CHECKPOINT_EXISTS when something broken has its name, CHECKPOINT_CORRUPT, POLICY_ARCHITECTURE_UNSUPPORTED, CHECKPOINT_WRITE_FAILED
 */
export async function placeCheckpoint(
  shelf: string,
  manifestHash: Hex,
  files: ReadonlyMap<string, Uint8Array>,
  write: WriteFile = writeDurably,
): Promise<string> {
  const dir = join(shelf, manifestHash)
  let temporary: string | undefined
  try {
    await mkdir(shelf, { recursive: true })
    temporary = await mkdtemp(join(shelf, `.${manifestHash}-`))
    for (const [name, bytes] of files) await write(join(temporary, name), bytes)
    await syncDirectory(temporary)
    await requireManifest(temporary, manifestHash)
    if (!(await moveUnless(temporary, dir))) await requireSound(dir, manifestHash)
    await syncDirectory(shelf)
    return dir
  } catch (cause) {
    if (cause instanceof SubnetError) throw cause
    throw new SubnetError(
      'CHECKPOINT_WRITE_FAILED',
      `the checkpoint ${manifestHash} cannot be put into ${shelf}: ${(cause as Error).message}; check free space and rights. What was there is as it was.`,
      { retryable: true, details: { shelf, manifestHash }, cause },
    )
  } finally {
    if (temporary) await rm(temporary, { recursive: true, force: true }).catch(() => {})
  }
}

/** @returns false when something has the name already */
async function moveUnless(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    const taken = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
    if (taken) return false
    throw error
  }
}

async function requireSound(dir: string, manifestHash: Hex): Promise<void> {
  try {
    await requireManifest(dir, manifestHash)
  } catch (cause) {
    throw new SubnetError(
      'CHECKPOINT_EXISTS',
      `${dir} exists already and is no sound checkpoint. Remove it.`,
      { details: { dir }, cause },
    )
  }
}

async function requireManifest(dir: string, expected: Hex): Promise<void> {
  const { manifestHash } = await readCheckpoint(dir)
  if (manifestHash === expected) return
  throw new SubnetError(
    'CHECKPOINT_CORRUPT',
    `the package was to hold ${expected} and holds the checkpoint ${manifestHash}. Nothing was loaded.`,
    { details: { expected, actual: manifestHash } },
  )
}
