import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { SubnetError } from '../../shared/errors.ts'

/**
 * A file that only its owner can read: keys and passwords live in nothing else.
 * @param what names it in messages, such as `key file`
 * @throws SubnetError KEY_UNREADABLE, KEY_EXPOSED
 */
export function readPrivateFile(path: string, what: string): string {
  const { mode, content } = read(path, what)
  if ((mode & 0o077) === 0) return content
  throw new SubnetError('KEY_EXPOSED', `others can read the ${what} ${path}. Run: chmod 600 ${path}`, {
    details: { path },
  })
}

/** Refuses to overwrite: a lost key is a lost identity. @throws SubnetError KEY_NOT_WRITTEN */
export function writePrivateFile(path: string, content: string): void {
  try {
    writeFileSync(path, content, { mode: 0o600, flag: 'wx', flush: true })
    chmodSync(path, 0o600)
  } catch (cause) {
    throw new SubnetError(
      'KEY_NOT_WRITTEN',
      `cannot write a new key to ${path}: ${(cause as Error).message}`,
      { details: { path }, cause },
    )
  }
}

function read(path: string, what: string): { mode: number; content: string } {
  try {
    return { mode: statSync(path).mode, content: readFileSync(path, 'utf8') }
  } catch (cause) {
    throw new SubnetError('KEY_UNREADABLE', `cannot read the ${what} ${path}: ${(cause as Error).message}`, {
      details: { path },
      cause,
    })
  }
}
