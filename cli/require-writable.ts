import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SubnetError } from '../shared/errors.ts'

/**
 * Before minutes of work, not after them. What is there already stays until the new file is written.
 * @param flag the setting that named the file, such as `--report`
 * @throws SubnetError REPORT_UNWRITABLE
 */
export function requireWritable(path: string, flag: string): void {
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true })
    closeSync(openSync(path, 'a'))
  } catch (cause) {
    throw new SubnetError(
      'REPORT_UNWRITABLE',
      `cannot write ${path}: ${(cause as Error).message}. Name another ${flag}.`,
      { details: { path }, cause },
    )
  }
}
