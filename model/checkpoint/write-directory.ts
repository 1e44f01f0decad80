import { mkdir, mkdtemp, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SubnetError } from '../../shared/errors.ts'

/** A file's bytes; pieces are asked for one by one and may be dropped again. */
export type FileContent = Uint8Array | Iterable<Uint8Array>

/**
 * Writes a directory that appears whole or not at all: files go to a temporary directory beside it, are flushed, and
 * the directory is renamed. An interruption or a full disk leaves no half of one.
 * @param files by name, written in this order
 * @throws SubnetError CHECKPOINT_EXISTS when `dir` is there already; it is never overwritten
 */
export async function writeDirectory(
  dir: string,
  files: Readonly<Record<string, FileContent>>,
): Promise<void> {
  if (await exists(dir)) throw alreadyThere(dir)
  await mkdir(dirname(dir), { recursive: true })
  const temporary = await mkdtemp(join(dirname(dir), `.${basename(dir)}-`))
  try {
    for (const [name, content] of Object.entries(files)) await writeDurably(join(temporary, name), content)
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

async function writeDurably(path: string, content: FileContent): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}
