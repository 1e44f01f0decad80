import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SubnetError } from '../errors.ts'

/**
 * A role's memory. Write-ahead log with full sync: what a role has journalled survives a kill or a power cut at
 * any moment, which is what lets it resume without committing twice.
 * @param migrations SQL of version 1, 2, …; append only. `PRAGMA user_version` counts those applied.
 * @throws SubnetError JOURNAL_UNUSABLE (locked, not a database, disk full, newer than this program)
 */
export function openJournal(path: string, migrations: readonly string[]): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const database = new DatabaseSync(path)
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000;',
    )
    migrate(database, migrations)
    return database
  } catch (error) {
    throw new SubnetError(
      'JOURNAL_UNUSABLE',
      `cannot use the journal ${path}: ${(error as Error).message}. Free the disk or stop the other process; a journal that is damaged can be moved away, the role then starts from what the chain says.`,
      { details: { path }, cause: error },
    )
  }
}

function migrate(database: DatabaseSync, migrations: readonly string[]): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > migrations.length) {
    throw new Error(`it was written by a newer version (${version} > ${migrations.length})`)
  }
  for (let next = version; next < migrations.length; next++) {
    database.exec(`BEGIN IMMEDIATE; ${migrations[next]}; PRAGMA user_version = ${next + 1}; COMMIT`)
  }
}
