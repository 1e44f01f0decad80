import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '../../shared/clock.ts'

/** Shorter than what a role does next takes, and long enough for a dozen watched journals. */
const lookMs = 25

/**
 * Resolves as soon as a role has written the step down that a query counts: seen from outside, in its journal.
 * @returns whether it came before the signal aborted
 */
export async function watchStep(path: string, count: string, signal: AbortSignal): Promise<boolean> {
  const isNew = !existsSync(path)
  // One connection throughout: opening a database touches files, and each look would cost more than what it looks at.
  const database = await openOnceThere(path, signal)
  if (!database) return false
  try {
    const look = database.prepare(count)
    const read = () => Number((look.get() as { n: number }).n)
    const version = database.prepare('PRAGMA data_version')
    const before = isNew ? 0 : read()
    for (let seen: unknown = null; !signal.aborted; ) {
      const { data_version: now } = version.get() as { data_version: number }
      if (now !== seen && read() > before) return true
      seen = now
      await systemClock.sleep(lookMs, signal).catch(() => {})
    }
    return false
  } finally {
    database.close()
  }
}

/** A role that has not begun yet has no journal, or one without tables. */
async function openOnceThere(path: string, signal: AbortSignal): Promise<DatabaseSync | null> {
  while (!signal.aborted) {
    if (existsSync(path)) {
      const database = new DatabaseSync(path, { readOnly: true })
      if (hasTables(database)) return database
      database.close()
    }
    await systemClock.sleep(lookMs, signal).catch(() => {})
  }
  return null
}

function hasTables(database: DatabaseSync): boolean {
  try {
    return database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").get() !== undefined
  } catch {
    return false // Its first transaction is under way.
  }
}
