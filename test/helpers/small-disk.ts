import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A disk of its own with so many bytes on it, which really is full when it is; null where mounting needs other rights. */
export async function mountSmallDisk(bytes: number): Promise<string | null> {
  const dir = await mkdtemp(join(tmpdir(), 'small-disk-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir], { stdio: 'ignore' })
  } catch {
    return null
  }
  onTestFinished(() => void execFileSync('umount', [dir]))
  return dir
}
