import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { SubnetError } from '../../shared/errors.ts'

/** Never mixes two runs: what lies in a directory may be somebody's journal. */
export function openDataDir(dataDir: string | undefined, temporaryPrefix: string): string {
  if (dataDir === undefined) return mkdtempSync(join(tmpdir(), temporaryPrefix))
  const path = resolve(dataDir)
  try {
    mkdirSync(path, { recursive: true })
    if (readdirSync(path).length === 0) return path
  } catch (cause) {
    throw new SubnetError(
      'DATA_DIR_UNUSABLE',
      `cannot use ${path}: ${(cause as Error).message}. Name a --data-dir that can be made, or an empty one of yours.`,
      { details: { path }, cause },
    )
  }
  throw new SubnetError('DATA_DIR_NOT_EMPTY', `${path} is not empty: name another --data-dir, or empty it`, {
    details: { path },
  })
}
