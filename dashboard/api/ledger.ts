import type { Rejection } from '../../shared/protocol/verdict.ts'
import type { RolloutRow } from '../views.ts'
import type { Found, FoundAudit, FoundVerdict } from './tail-journal.ts'

/** What all journals at hand say of the recent windows: every audited rollout once. */
export interface Ledger {
  add(found: Found): void
  /** Lets go of what lies before a window. */
  forget(before: number): void
  /** Newest window first, then by miner, group and rollout. */
  rollouts(): readonly RolloutRow[]
  /** Bundles that were refused as a whole, by miner; each window once. */
  refusals(miner: number): readonly Rejection[]
  /** Of the newest window that somebody judged; null where nobody did. */
  score(miner: number): bigint | null
}

export function openLedger(): Ledger {
  const rollouts = new Map<string, RolloutRow>()
  const audits = new Map<string, FoundAudit>()
  let sorted: readonly RolloutRow[] | null = null
  return {
    add(found) {
      for (const verdict of found.verdicts) {
        const key = `${verdict.window}/${verdict.miner}/${verdict.group}/${verdict.rollout}`
        rollouts.set(key, merge(rollouts.get(key), verdict))
      }
      for (const audit of found.audits) {
        const key = `${audit.window}/${audit.miner}`
        const known = audits.get(key)
        if (!known || audit.validator < known.validator) audits.set(key, audit)
      }
      if (found.verdicts.length > 0) sorted = null
    },
    forget(before) {
      for (const [key, { window }] of rollouts) if (window < before) rollouts.delete(key)
      for (const [key, { window }] of audits) if (window < before) audits.delete(key)
      sorted = null
    },
    rollouts() {
      sorted ??= [...rollouts.values()].sort(inOrder)
      return sorted
    },
    refusals: (of) =>
      [...audits.values()].flatMap(({ miner, bundleRejection }) =>
        miner === of && bundleRejection ? [bundleRejection] : [],
      ),
    score(of) {
      const own = [...audits.values()].filter(({ miner }) => miner === of)
      if (own.length === 0) return null
      return own.reduce((newest, audit) => (audit.window > newest.window ? audit : newest)).score
    },
  }
}

/** Rejected by anybody is rejected: the reason is what there is to look at. */
function merge(known: RolloutRow | undefined, verdict: FoundVerdict): RolloutRow {
  const { validator, window, miner, group, rollout, rejection, tokens } = verdict
  const accepted = rejection === null
  const reason = rejection?.reason ?? null
  if (!known) {
    return {
      ...{ window, miner, group, rollout, accepted, reason, tokens },
      ...{ validators: [validator], disputed: false },
    }
  }
  return {
    ...known,
    accepted: known.accepted && accepted,
    reason: known.reason ?? reason,
    validators: [...new Set([...known.validators, validator])].sort((a, b) => a - b),
    disputed: known.disputed || known.accepted !== accepted,
  }
}

function inOrder(a: RolloutRow, b: RolloutRow): number {
  return b.window - a.window || a.miner - b.miner || a.group - b.group || a.rollout - b.rollout
}
