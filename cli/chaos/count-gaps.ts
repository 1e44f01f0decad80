import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** What validators left unjudged, by what they noted of it. */
export function countGaps(journals: readonly string[]): Record<string, number> {
  const gaps: Record<string, number> = {}
  for (const path of journals.filter(existsSync)) {
    const database = new DatabaseSync(path, { readOnly: true })
    const rows = database.prepare("SELECT status, summary FROM audits WHERE status <> 'judged'").all()
    for (const { status, summary } of rows as { status: string; summary: string }[]) {
      const key = `${status}: ${JSON.parse(summary).code}`
      gaps[key] = (gaps[key] ?? 0) + 1
    }
    database.close()
  }
  return gaps
}
