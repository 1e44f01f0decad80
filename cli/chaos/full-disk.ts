import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Enough for what a role writes in a run, little enough to be filled in a moment. */
const sizeMib = 64

/** A file system of its own for one role, of a size that a file of zeros can take up. */
export interface SmallDisk {
  fill(): void
  free(): void
  unmount(): void
}

/** @returns null where this user may mount nothing */
export function mountSmallDisk(path: string): SmallDisk | null {
  mkdirSync(path, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m,mode=700`, 'rollproof-chaos', path], {
      stdio: 'ignore',
    })
  } catch {
    return null
  }
  const ballast = join(path, 'ballast')
  return {
    fill() {
      const file = openSync(ballast, 'w')
      try {
        for (let chunk = 2 ** 20; chunk >= 1; ) {
          // Ever smaller pieces, until not a byte fits.
          if (!fits(file, chunk)) chunk = Math.floor(chunk / 2)
        }
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    unmount: () => execFileSync('umount', ['--lazy', path], { stdio: 'ignore' }),
  }
}

function fits(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) === bytes
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false
    throw error
  }
}
