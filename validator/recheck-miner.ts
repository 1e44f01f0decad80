import { readCommitment } from '../shared/chain/read-commitments.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Reason } from '../shared/protocol/verdict.ts'
import { auditAs, type Recomputer } from './audit-as.ts'
import { readClosedWindow } from './read-closed-window.ts'

/** What a miner's window comes to for anybody who looks again. */
export interface Recheck {
  readonly window: number
  /** `unknown`: we could not look, which says nothing of the miner. */
  readonly outcome: 'nothing committed' | 'unreachable' | 'refused' | 'judged' | 'unknown'
  /** Of the bundle, or why it could not be looked at. */
  readonly why: string | null
  readonly audited: number
  readonly rejected: readonly { readonly group: number; readonly rollout: number; readonly reason: Reason }[]
}

/** @param validator whose sample is looked at, beside the one that all share */
export async function recheckMiner(
  recomputer: Recomputer,
  {
    window,
    miner,
    validator,
  }: { readonly window: number; readonly miner: number; readonly validator: number },
): Promise<Recheck> {
  const nothing = { window, why: null, audited: 0, rejected: [] }
  const commitment = await readCommitment(recomputer.chain, window, miner)
  if (!commitment) return { ...nothing, outcome: 'nothing committed' }
  try {
    const closed = await readClosedWindow(recomputer, window)
    const { bundleRejection, verdicts } = await auditAs(recomputer, closed, commitment, validator)
    if (bundleRejection) return { ...nothing, outcome: 'refused', why: bundleRejection.reason }
    const rejected = verdicts.flatMap(({ group, rollout, rejection }) =>
      rejection ? [{ group, rollout, reason: rejection.reason }] : [],
    )
    return { ...nothing, outcome: 'judged', audited: verdicts.length, rejected }
  } catch (error) {
    recomputer.signal.throwIfAborted()
    if (!(error instanceof SubnetError)) throw error
    const outcome = error.code.startsWith('STORE_') ? 'unreachable' : 'unknown'
    return { ...nothing, outcome, why: `${error.code}: ${error.message}` }
  }
}
