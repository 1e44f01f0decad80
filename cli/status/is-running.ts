import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const sqliteBusy = 5

/** Whether a process of this machine works on the journal: it holds the lock beside it, which nothing else does. */
export function isRunning(journal: string): boolean {
  const lock = `${journal}.lock`
  if (!existsSync(lock)) return false
  const database = new DatabaseSync(lock, { readOnly: true })
  try {
    database.exec('PRAGMA busy_timeout = 0; SELECT count(*) FROM sqlite_master')
    return false
  } catch (error) {
    if ((error as { errcode?: number }).errcode === sqliteBusy) return true
    throw error
  } finally {
    database.close()
  }
}
