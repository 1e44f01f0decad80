import type { DatabaseSync } from 'node:sqlite'

/** All of the work or nothing of it, whatever ends it in between. @throws what the work throws */
export function atOnce(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    work()
    database.exec('COMMIT')
  } catch (error) {
    // Where the disk is full, SQLite has rolled back by itself, and to do so again would hide that.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
