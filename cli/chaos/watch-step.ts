import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '../../shared/clock.ts'

/** Shorter than what a role does next takes. */
const lookMs = 10

/**
 * Resolves as soon as a role has written the step down that a query counts: seen from outside, in its journal.
 * @returns whether it came before the signal aborted
 */
export async function watchStep(path: string, count: string, signal: AbortSignal): Promise<boolean> {
  const before = countIn(path, count)
  while (!signal.aborted) {
    if (countIn(path, count) > before) return true
    await systemClock.sleep(lookMs, signal).catch(() => {})
  }
  return false
}

/** A file that is not there yet, or has no tables, holds no steps. */
function countIn(path: string, count: string): number {
  if (!existsSync(path)) return 0
  try {
    const database = new DatabaseSync(path, { readOnly: true })
    try {
      return Number((database.prepare(count).get() as { n: number }).n)
    } finally {
      database.close()
    }
  } catch {
    return 0
  }
}
