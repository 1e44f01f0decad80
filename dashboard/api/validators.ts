import { zeroHash } from 'viem'
import { revealEnd } from '../../shared/protocol/schedule.ts'
import type { RevealState, ValidatorRow } from '../views.ts'
import type { EpochFacts, History } from './history.ts'
import { paymentsOf } from './payments.ts'
import { shareOf, wholeTokens } from './tokens.ts'

/** A row a validator, in uid order. @param abstention what its journal says, where it is at hand */
export function validatorsOf(
  history: History,
  abstention: (validator: number) => ValidatorRow['abstained'],
): ValidatorRow[] {
  const { validators, stakes, epochs } = history
  const activeStake = stakes.reduce((sum, stake) => sum + stake, 0n)
  return validators.map(({ uid, hotKey, owner, standing, stake }) => {
    const { share, earned, claimed } = paymentsOf(history, 'validator', uid)
    const reveals = epochs.flatMap((facts) => facts.reveals).filter((found) => found.validatorUid === uid)
    const evidenceRoot = reveals.at(-1)?.evidenceRoot ?? zeroHash
    return {
      ...{ uid, hotKey, owner, standing, stake: wholeTokens(stake) },
      power: shareOf(stakes[uid] ?? 0n, activeStake),
      reveals: epochs.map((facts) => ({ epoch: facts.epoch, state: revealState(history, facts, uid) })),
      evidenceRoot: evidenceRoot === zeroHash ? null : evidenceRoot,
      trust: trustOf(epochs, uid),
      ...{ dividend: share, earned, claimed },
      abstained: abstention(uid),
    }
  })
}

function revealState(
  { block, schedule, committed, epochs }: History,
  { epoch, reveals }: EpochFacts,
  uid: number,
): RevealState {
  if (reveals.some(({ validatorUid }) => validatorUid === uid)) return 'revealed'
  if (block >= revealEnd(schedule, epoch)) return 'missed'
  return epoch === epochs.at(-1)?.epoch && committed.includes(uid) ? 'committed' : 'open'
}

/** Of the newest epoch that was settled: what is left of its row once every weight is cut to consensus. */
function trustOf(epochs: readonly EpochFacts[], uid: number): number | null {
  const facts = epochs.findLast(({ settlement }) => settlement && !settlement.voided)
  const seat = facts?.settlement?.validatorUids.indexOf(uid) ?? -1
  const row = facts?.reveals.find(({ validatorUid }) => validatorUid === uid)
  const given = row?.weights.reduce((sum, weight) => sum + weight, 0) ?? 0
  if (!facts?.settlement || seat < 0 || given === 0) return null
  return facts.settlement.trusts[seat] / given
}
