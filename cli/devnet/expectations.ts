import type { Reason } from '../../shared/protocol/verdict.ts'
import type { MinerOutcome, Outcome } from './outcome.ts'
import type { Cheat } from './participants.ts'

/** Why each cheat must fall: another reason would mean that we caught it by accident. */
const expectedReason: Readonly<Record<Cheat, Reason>> = {
  stale: 'SKETCH_MISMATCH',
  forge: 'TOKEN_NOT_OWED',
  shortcut: 'TOKEN_NOT_OWED',
}

/** The first thing that is not as it must be, in one line; null when all is well. */
export function firstBrokenExpectation(outcome: Outcome): string | null {
  for (const miner of outcome.miners) {
    const broken =
      miner.behaviour === 'honest' ? honestMiner(miner, outcome) : adversary(miner, miner.behaviour)
    if (broken) return `${miner.name} (${miner.behaviour}, ${miner.address}): ${broken}`
  }
  for (const { name, address, committed, revealed, abstained, dividend } of outcome.validators) {
    const broken =
      abstained > 0
        ? `abstained in ${abstained} of ${outcome.windows} epochs`
        : revealed < committed
          ? `revealed ${revealed} of ${committed} score rows`
          : dividend === 0
            ? 'was paid no dividend'
            : null
    if (broken) return `${name} (${address}): ${broken}`
  }
  const missing = outcome.windows - outcome.settled.filter(({ voided }) => !voided).length
  return missing > 0 ? `${missing} of ${outcome.windows} epochs were voided or not settled` : null
}

function honestMiner(miner: MinerOutcome, { windows }: Outcome): string | null {
  const { committedWindows, audited, rejected, disputed, reasons, drift, incentive, claimed } = miner
  if (committedWindows < windows) return `committed ${committedWindows} of ${windows} windows`
  if (audited === 0) return 'was never audited'
  if (rejected > 0) return `${rejected} honest rollouts rejected: ${JSON.stringify(reasons)}`
  if (disputed > 0) return `validators disagree on ${disputed} rollouts`
  // One machine, one kernel class: decode and score give the same bits under either numerics profile.
  const drifted = Object.entries(drift).find(([, deviation]) => deviation !== 0)
  if (drifted) return `${drifted[0]} drifted by ${drifted[1]} on one machine, where the bits must agree`
  if (incentive === 0 || claimed === 0n) return `was not paid (incentive ${incentive}, claimed ${claimed})`
  return null
}

function adversary(miner: MinerOutcome, behaviour: Cheat): string | null {
  const { audited, incentive, claimed, reasons } = miner
  if (incentive > 0 || claimed > 0n) return `was paid (incentive ${incentive}, claimed ${claimed})`
  if (audited === 0) return 'was never audited'
  const reason = expectedReason[behaviour]
  if (!reasons[reason]) return `fell for ${JSON.stringify(reasons)}, not for ${reason}`
  return null
}
