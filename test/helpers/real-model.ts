import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Path of a published model's file; undefined, said aloud, where this machine has none. */
export function realModelPath(file: string): string | undefined {
  const dir = process.env.ROLLPROOF_MODEL_DIR
  const path = dir === undefined ? undefined : join(dir, file)
  if (path !== undefined && existsSync(path)) return path
  console.warn(
    `Skipped tests that need a real model: put ${file} in a directory and name it in ROLLPROOF_MODEL_DIR.`,
  )
  return undefined
}
