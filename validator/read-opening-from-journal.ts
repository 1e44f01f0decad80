import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Hex } from 'viem'
import { SubnetError } from '../shared/errors.ts'
import { type EvidencePoint, evidenceRoot, pointsOwed } from '../shared/protocol/evidence.ts'
import { type Schedule, windowsOf } from '../shared/protocol/schedule.ts'
import type { EvidenceOpening } from './evidence-opening.ts'

/**
 * What a validator publishes when it is asked for its evidence. Reads the journal of a validator that may be
 * running.
 * @throws SubnetError EVIDENCE_MISSING where the journal has no row for the epoch, or another root's points
 */
export function readOpeningFromJournal(
  path: string,
  about: {
    readonly schedule: Schedule
    readonly epoch: number
    readonly validator: number
  },
): EvidenceOpening {
  const { schedule, epoch, validator } = about
  const missing = (why: string) =>
    new SubnetError(
      'EVIDENCE_MISSING',
      `${path} has no evidence for epoch ${epoch}: ${why}. Name the journal of the validator that revealed.`,
      { details: { path, epoch } },
    )
  if (!existsSync(path)) throw missing('there is no such file')
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const row = database
      .prepare('SELECT weights, evidence_root FROM score_rows WHERE epoch = ?')
      .get(epoch) as { weights: string; evidence_root: Hex } | undefined
    if (!row) throw missing('no row of scores was prepared')
    const find = database.prepare('SELECT points FROM evidence WHERE window = ? ORDER BY miner')
    const kept = windowsOf(schedule, epoch).flatMap((window) =>
      (find.all(window) as { points: string }[]).flatMap(({ points }): EvidencePoint[] => JSON.parse(points)),
    )
    const points = pointsOwed(kept, JSON.parse(row.weights))
    if (evidenceRoot(points) !== row.evidence_root) throw missing('its points have another root than its row')
    return { epoch, validator, evidenceRoot: row.evidence_root, points }
  } finally {
    database.close()
  }
}
