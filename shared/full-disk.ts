import { SubnetError } from './errors.ts'

/** SQLITE_FULL, https://sqlite.org/rescode.html#full */
const sqliteFull = 13

/**
 * What a file system or SQLite says when there is no room, as a failure that may pass: somebody frees the disk.
 * Writes are whole or not at all, so that whoever tries again starts from what was there.
 * @returns null for any other failure
 */
export function asFullDisk(error: unknown): SubnetError | null {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown }
  if (code !== 'ENOSPC' && errcode !== sqliteFull) return null
  return new SubnetError('DISK_FULL', 'no room is left on the disk that holds --data-dir: free some', {
    retryable: true,
    cause: error,
  })
}
