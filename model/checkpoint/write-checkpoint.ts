import { mkdir, mkdtemp, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SubnetError } from '../../shared/errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import { canonicalJson } from './manifest.ts'
import { FILES } from './read-checkpoint.ts'
import { encodeSafetensors } from './safetensors.ts'

/**
 * Writes a checkpoint as a directory that appears whole or not at all: files go to a temporary directory beside
 * it, are flushed, and the directory is renamed. An interruption or a full disk leaves no half checkpoint.
 * @param beside more files of the same directory, by name
 * @throws SubnetError CHECKPOINT_EXISTS when `dir` is there already; it is never overwritten
 */
export async function writeCheckpoint(
  dir: string,
  checkpoint: Checkpoint,
  beside: Readonly<Record<string, Uint8Array>> = {},
): Promise<void> {
  if (await exists(dir)) throw alreadyThere(dir)
  await mkdir(dirname(dir), { recursive: true })
  const temporary = await mkdtemp(join(dirname(dir), `.${basename(dir)}-`))
  try {
    const encode = new TextEncoder()
    await writeDurably(join(temporary, FILES.weights), encodeSafetensors(checkpoint.weights))
    await writeDurably(join(temporary, FILES.config), encode.encode(checkpoint.configJson))
    await writeDurably(join(temporary, FILES.tokenizer), encode.encode(checkpoint.tokenizerJson))
    await writeDurably(join(temporary, FILES.manifest), encode.encode(canonicalJson(checkpoint.manifest)))
    for (const [name, bytes] of Object.entries(beside)) await writeDurably(join(temporary, name), bytes)
    await rename(temporary, dir)
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true })
    if (await exists(dir)) throw alreadyThere(dir)
    throw cause
  }
}

function alreadyThere(dir: string): SubnetError {
  return new SubnetError('CHECKPOINT_EXISTS', `${dir} exists already. Remove it or name another directory.`, {
    details: { dir },
  })
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}
