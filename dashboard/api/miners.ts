import type { MinerRow, Reasons } from '../views.ts'
import type { History } from './history.ts'
import type { Ledger } from './ledger.ts'
import { paymentsOf } from './payments.ts'
import { wholeTokens } from './tokens.ts'

/** Scores are verified tokens times ppm²; people read them in tokens. */
const scoreUnit = 1e12

/** A row a miner, in uid order. */
export function minersOf(history: History, ledger: Ledger): MinerRow[] {
  const audits = Map.groupBy(ledger.rollouts(), ({ miner }) => miner)
  const commitments = history.windows.flatMap((window) => window.commitments)
  return history.miners.map(({ uid, hotKey, owner, standing, stake }) => {
    const own = commitments.filter(({ minerUid }) => minerUid === uid)
    const audited = audits.get(uid) ?? []
    const accepted = audited.filter((rollout) => rollout.accepted).length
    const score = ledger.score(uid)
    const { shares, share, earned, claimed } = paymentsOf(history, 'miner', uid)
    return {
      ...{ uid, hotKey, owner, standing, stake: wholeTokens(stake) },
      windows: own.length,
      groups: own.reduce((sum, { groups }) => sum + groups, 0),
      rollouts: own.reduce((sum, { rollouts }) => sum + rollouts, 0),
      audited: audited.length,
      accepted,
      rejected: audited.length - accepted,
      disputed: audited.filter(({ disputed }) => disputed).length,
      reasons: countReasons([
        ...audited.map(({ reason }) => reason),
        ...ledger.refusals(uid).map(({ reason }) => reason),
      ]),
      score: score === null ? null : Number(score) / scoreUnit,
      ...{ incentives: shares, incentive: share, earned, claimed },
    }
  })
}

function countReasons(reasons: readonly (string | null)[]): Reasons {
  const counts: Record<string, number> = {}
  for (const reason of reasons) if (reason) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}
