import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { SubnetError } from '../shared/errors.ts'
import type { ScoreCoefficients } from '../shared/protocol/rules.ts'
import { weigh } from '../shared/protocol/score.ts'
import type { AuditSummary } from './summarise.ts'

/** What one miner's windows scored, and would have scored. */
export interface Rescored {
  readonly before: bigint
  readonly after: bigint
}

/**
 * Scores a validator's audits of some windows again under other coefficients, by miner uid. Reads the journal of
 * a validator that may be running.
 * @throws SubnetError JOURNAL_LACKS where it does not have what is needed
 */
export function rescoreFromJournal(
  path: string,
  windows: readonly number[],
  coefficients: { readonly from: ScoreCoefficients; readonly to: ScoreCoefficients },
): Map<number, Rescored> {
  const lacks = (why: string) =>
    new SubnetError('JOURNAL_LACKS', `${path} cannot tell other scores: ${why}`, { details: { path } })
  if (!existsSync(path)) throw lacks('there is no such file')
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const find = database.prepare("SELECT * FROM audits WHERE window = ? AND status = 'judged'")
    const scores = new Map<number, Rescored>()
    for (const window of windows) {
      for (const row of find.all(window) as { miner: number; score: string; summary: string }[]) {
        const { work } = JSON.parse(row.summary) as AuditSummary
        if (work === undefined) throw lacks(`window ${window} was audited by an older version`)
        const before = BigInt(row.score)
        const weighed = weigh(work, coefficients.from)
        // Whatever else went into the score did not ask for coefficients.
        const after = weighed === 0n ? 0n : (before * weigh(work, coefficients.to)) / weighed
        const known = scores.get(row.miner) ?? { before: 0n, after: 0n }
        scores.set(row.miner, { before: known.before + before, after: known.after + after })
      }
    }
    if (scores.size === 0) throw lacks(`nothing was audited in windows ${windows.join(', ')}`)
    return scores
  } finally {
    database.close()
  }
}
