import { type MinerCommitment, readCommitments } from '../shared/chain/read-commitments.ts'
import { SubnetError } from '../shared/errors.ts'
import { minerScore, weightRow } from '../shared/protocol/score.ts'
import { auditAs, type Recomputer } from './audit-as.ts'
import type { OwedEvidence } from './check-evidence.ts'
import { type ClosedWindow, readClosedWindow } from './read-closed-window.ts'
import { summarise } from './summarise.ts'

/** One commitment of a miner that the row pays, as somebody else recomputed it in the validator's place. */
export interface RecomputedEvidence extends OwedEvidence {
  /** What the miner earns in this window from a validator that suspects nobody; null where unknown. */
  readonly score: bigint | null
  /** Why there are no points, where there are none. */
  readonly why: string | null
}

/**
 * Does a validator's work again, as far as its row makes it owe evidence. What we cannot fetch or compute is said
 * to be unknown, and counts against nobody.
 */
export async function recomputeEvidence(
  observer: Recomputer,
  claim: {
    readonly validator: number
    readonly windows: readonly number[]
    readonly weights: readonly number[]
  },
): Promise<RecomputedEvidence[]> {
  const owed: RecomputedEvidence[] = []
  for (const window of claim.windows) {
    const commitments = await readCommitments(observer.chain, window)
    const paid = commitments.filter(({ minerUid }) => (claim.weights[minerUid] ?? 0) > 0)
    if (paid.length === 0) continue
    const closed = await readClosedWindow(observer, window)
    for (const commitment of paid)
      owed.push(await recomputePair(observer, closed, commitment, claim.validator))
  }
  return owed
}

/** The row that follows from the recomputed scores, where all of them are known; nobody else is paid. */
export function owedRow(owed: readonly RecomputedEvidence[], miners: number): number[] | null {
  if (owed.some(({ score }) => score === null)) return null
  const scores = Array.from({ length: miners }, (_, uid) =>
    owed.filter(({ miner }) => miner === uid).reduce((sum, { score }) => sum + (score ?? 0n), 0n),
  )
  return weightRow(scores)
}

async function recomputePair(
  recomputer: Recomputer,
  closed: ClosedWindow,
  commitment: MinerCommitment,
  validator: number,
): Promise<RecomputedEvidence> {
  const { manifest } = await recomputer.policies.open(closed.policy)
  const { sketchStep, sketchTolerance } = manifest.numerics
  const pair = { window: closed.window, miner: commitment.minerUid, sketchStep, sketchTolerance }
  try {
    const report = await auditAs(recomputer, closed, commitment, validator)
    const { auditedTokens, acceptedTokens } = summarise(report)
    const judged = { ...report, auditedTokens, acceptedTokens, excluded: false }
    const why = report.bundleRejection && `the bundle is refused: ${report.bundleRejection.reason}`
    return { ...pair, points: report.evidence, score: minerScore(judged, closed.rules.coefficients), why }
  } catch (error) {
    recomputer.signal.throwIfAborted()
    if (!(error instanceof SubnetError)) throw error
    return { ...pair, points: null, score: null, why: `${error.code}: ${error.message}` }
  }
}
