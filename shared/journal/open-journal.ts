import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SubnetError } from '../errors.ts'

export interface OpenJournal {
  readonly database: DatabaseSync
  /** Closes the database and lets another process in. */
  close(): void
}

/**
 * A role's memory. Write-ahead log with full sync: what a role has journalled survives a kill or a power cut at
 * any moment, which is what lets it resume without committing twice. A lock beside it, held until it is closed or
 * the process dies, keeps a second process from acting under the same journal; readers may look on.
 * @param migrations SQL of version 1, 2, …; append only. `PRAGMA user_version` counts those applied.
 * @throws SubnetError JOURNAL_IN_USE, JOURNAL_UNUSABLE (damaged, not a database, disk full, newer than this program)
 */
export function openJournal(path: string, migrations: readonly string[]): OpenJournal {
  const opened: DatabaseSync[] = []
  const open = (file: string) => {
    opened.push(new DatabaseSync(file))
    return opened[opened.length - 1]
  }
  const close = () => {
    for (const database of opened.reverse()) database.close()
  }
  try {
    mkdirSync(dirname(path), { recursive: true })
    open(`${path}.lock`).exec('BEGIN EXCLUSIVE')
    const database = open(path)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000')
    requireSound(database)
    migrate(database, migrations)
    return { database, close }
  } catch (error) {
    close()
    throw explain(path, error as Error)
  }
}

/** SQLite reads a page only when it needs it; damage is to be met now, and not in the middle of a window. */
function requireSound(database: DatabaseSync): void {
  const { quick_check: finding } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string }
  if (finding !== 'ok') throw new Error(`it is damaged (${finding})`)
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

const sqliteBusy = 5

function explain(path: string, cause: Error & { errcode?: number }): SubnetError {
  if (cause.errcode === sqliteBusy) {
    return new SubnetError(
      'JOURNAL_IN_USE',
      `another process works under ${path}. Stop it first: two processes with one identity would contradict each other.`,
      { details: { path }, cause },
    )
  }
  return new SubnetError(
    'JOURNAL_UNUSABLE',
    `cannot use the journal ${path}: ${cause.message}. Free the disk, or move the file away: the role then starts from what the chain says.`,
    { details: { path }, cause },
  )
}
