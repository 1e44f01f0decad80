import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SubnetError } from '../errors.ts'

/**
 * A role's memory. Write-ahead log with full sync: what a role has journalled survives a kill or a power cut at
 * any moment, which is what lets it resume without committing twice. A lock beside it, held as long as the
 * process lives, keeps a second process from acting under the same journal.
 * @param migrations SQL of version 1, 2, …; append only. `PRAGMA user_version` counts those applied.
 * @throws SubnetError JOURNAL_IN_USE, JOURNAL_UNUSABLE (not a database, disk full, newer than this program)
 */
export function openJournal(path: string, migrations: readonly string[]): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const lock = new DatabaseSync(`${path}.lock`)
    holdLock(lock, path)
    const database = new DatabaseSync(path)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000;')
    migrate(database, migrations)
    return database
  } catch (error) {
    if (error instanceof SubnetError) throw error
    throw new SubnetError(
      'JOURNAL_UNUSABLE',
      `cannot use the journal ${path}: ${(error as Error).message}. Free the disk, or move the file away: the role then starts from what the chain says.`,
      { details: { path }, cause: error },
    )
  }
}

/** Journals whose lock this process holds; the connections must not be collected while it lives. */
const held = new Set<DatabaseSync>()

function holdLock(lock: DatabaseSync, path: string): void {
  try {
    lock.exec('BEGIN EXCLUSIVE')
    held.add(lock)
  } catch (error) {
    throw new SubnetError(
      'JOURNAL_IN_USE',
      `another process works under ${path}. Stop it first: two processes with one identity would contradict each other.`,
      { details: { path }, cause: error },
    )
  }
}

function migrate(database: DatabaseSync, migrations: readonly string[]): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > migrations.length) {
    throw new Error(`it was written by a newer version of the program (${version} > ${migrations.length})`)
  }
  for (let next = version; next < migrations.length; next++) {
    database.exec(`BEGIN IMMEDIATE; ${migrations[next]}; PRAGMA user_version = ${next + 1}; COMMIT`)
  }
}
