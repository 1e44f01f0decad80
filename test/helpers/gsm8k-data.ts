import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Beside the repository, never in it. */
const FOLDER = new URL('../../../shared/data/gsm8k/', import.meta.url)

/** Path of a published GSM8K file; undefined, said aloud, where this machine has none. */
export function gsm8kPath(file: 'train.jsonl' | 'test.jsonl'): string | undefined {
  const path = fileURLToPath(new URL(file, FOLDER))
  if (existsSync(path)) return path
  console.warn(`Skipped tests that need GSM8K: put ${file} at ${path} to run them.`)
  return undefined
}
