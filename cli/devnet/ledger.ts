import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Drift, Reason, Rejection } from '../../shared/protocol/verdict.ts'

/** What all validators together found of one miner: every audited rollout counted once. */
export interface MinerLedger {
  readonly audited: number
  readonly accepted: number
  readonly rejected: number
  readonly reasons: Readonly<Partial<Record<Reason, number>>>
  /** Largest deviations over the accepted rollouts. */
  readonly drift: Drift
  /** Rollouts that one validator accepted and another rejected. */
  readonly disputed: number
  /** Latest window's score as the first validator that judged it has it. */
  readonly score: string
}

interface VerdictRow {
  readonly window: number
  readonly miner: number
  readonly group_index: number
  readonly rollout: number
  readonly accepted: number
  readonly detail: string
}

interface Merged {
  accepted: boolean
  disputed: boolean
  reason: Reason | null
  drift: Drift
}

/** Reads the validators' journals, which may be in use, and merges their verdicts by rollout. */
export function readLedger(journals: readonly string[], miners: number): MinerLedger[] {
  const rollouts = Array.from({ length: miners }, () => new Map<string, Merged>())
  const refusals = Array.from({ length: miners }, () => new Map<number, Rejection>())
  const scores = Array.from({ length: miners }, () => ({ window: -1, score: '' }))
  for (const path of journals.filter(existsSync)) {
    const database = new DatabaseSync(path, { readOnly: true })
    for (const row of database.prepare('SELECT * FROM verdicts').iterate() as Iterable<VerdictRow>) {
      merge(rollouts[row.miner], row)
    }
    const audits = database.prepare(
      "SELECT window, miner, score, summary FROM audits WHERE status = 'judged'",
    )
    for (const audit of audits.iterate() as Iterable<{
      window: number
      miner: number
      score: string
      summary: string
    }>) {
      if (audit.window > scores[audit.miner].window) scores[audit.miner] = audit
      const { bundleRejection } = JSON.parse(audit.summary) as { bundleRejection?: Rejection | null }
      if (bundleRejection) refusals[audit.miner].set(audit.window, bundleRejection)
    }
    database.close()
  }
  return rollouts.map((found, miner) =>
    total([...found.values()], [...refusals[miner].values()], scores[miner].score),
  )
}

function merge(found: Map<string, Merged>, row: VerdictRow): void {
  const { rejection, drift } = JSON.parse(row.detail) as { rejection: Rejection | null; drift: Drift }
  const key = `${row.window}/${row.group_index}/${row.rollout}`
  const accepted = row.accepted === 1
  const known = found.get(key)
  if (!known) {
    found.set(key, { accepted, disputed: false, reason: rejection?.reason ?? null, drift })
    return
  }
  known.disputed ||= known.accepted !== accepted
  known.accepted &&= accepted
  known.reason ??= rejection?.reason ?? null
}

function total(rollouts: readonly Merged[], refusals: readonly Rejection[], score: string): MinerLedger {
  const accepted = rollouts.filter((rollout) => rollout.accepted)
  const reasons: Partial<Record<Reason, number>> = {}
  for (const { reason } of rollouts) if (reason) reasons[reason] = (reasons[reason] ?? 0) + 1
  for (const { reason } of refusals) reasons[reason] = (reasons[reason] ?? 0) + 1
  const largest = (kind: keyof Drift) => accepted.reduce((most, { drift }) => Math.max(most, drift[kind]), 0)
  return {
    audited: rollouts.length,
    accepted: accepted.length,
    rejected: rollouts.length - accepted.length,
    reasons,
    drift: {
      sampling: largest('sampling'),
      sketch: largest('sketch'),
      logProbability: largest('logProbability'),
    },
    disputed: rollouts.filter(({ disputed }) => disputed).length,
    score,
  }
}
