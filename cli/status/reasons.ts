import type { Role } from '../../shared/chain/role.ts'
import type { Recheck } from '../../validator/recheck-miner.ts'
import type { EpochStatus, Status } from './read-status.ts'

/** Why an identity earned what it did, and the command by which anybody can see it. */
export interface Reason {
  readonly why: string
  readonly proof: string
}

/** @param rechecks of a miner's windows of the latest settled epoch, where it earned nothing */
export function reasonsFor({ identity, epochs }: Status, rechecks: readonly Recheck[]): Reason[] {
  const { role, uid, standing } = identity
  const whom = `--role ${role} --uid ${uid}`
  const [last] = epochs
  if (!last) return [{ why: 'no epoch is settled yet', proof: `rollproof status ${whom}` }]
  const left: Reason[] =
    standing === 'active'
      ? []
      : [{ why: `it is ${standing}: it is not audited or paid any more`, proof: `rollproof status ${whom}` }]
  if (last.voided) {
    const why = `epoch ${last.epoch} was void: too little stake revealed its scores, and its emission rolled over`
    return [...left, { why, proof: `rollproof status ${whom} --json` }]
  }
  if (last.earned > 0n) return [...left, earnedReason(role, uid, last)]
  return [...left, ...(role === 'miner' ? minerReasons(uid, last, rechecks) : validatorReasons(uid, last))]
}

function earnedReason(role: Role, uid: number, { epoch, share, weights }: EpochStatus): Reason {
  const percent = `${(100 * share).toFixed(2)} %`
  if (role === 'validator') {
    const why = `it earned ${percent} of the validators' part of epoch ${epoch}, by its stake and by how far others agree with its row`
    return { why, proof: `rollproof evidence check ${uid} ${epoch}` }
  }
  const given = weights.map(({ validator, weight }) => `${weight} by validator ${validator}`).join(', ')
  const why = `it earned ${percent} of the miners' part of epoch ${epoch}: of 32767 it was given ${given}`
  return { why, proof: `rollproof evidence check ${weights[0]?.validator ?? 0} ${epoch}` }
}

function minerReasons(
  uid: number,
  { epoch, weights, committed, missed }: EpochStatus,
  rechecks: readonly Recheck[],
): Reason[] {
  const missing = missed.map((window) => ({
    why: `it committed nothing to window ${window}`,
    proof: `rollproof explain ${window}/${uid}/0/0`,
  }))
  if (committed.length === 0) return missing
  const found = rechecks.flatMap((recheck) => reasonOf(uid, recheck))
  const payers = weights.filter(({ weight }) => weight > 0)
  if (payers.length > 0) {
    const who = payers.map(({ validator, weight }) => `${validator} (${weight})`).join(', ')
    const why = `only validators ${who} gave it weight in epoch ${epoch}, and they are not most of the stake: the rest is clipped`
    return [{ why, proof: `rollproof evidence check ${payers[0].validator} ${epoch}` }, ...found, ...missing]
  }
  if (found.length > 0) return [...found, ...missing]
  const validator = weights[0]?.validator ?? 0
  const why = `no validator gave it weight in epoch ${epoch}, and nothing is wrong with what everybody audits: they hold earlier evidence against it, found it in their own samples, or could not reach it then`
  return [{ why, proof: `rollproof evidence check ${validator} ${epoch}` }, ...missing]
}

function reasonOf(uid: number, { window, outcome, why, audited, rejected }: Recheck): Reason[] {
  const proof = `rollproof explain ${window}/${uid}/0/0`
  switch (outcome) {
    case 'unreachable':
      return [{ why: `its bundle of window ${window} cannot be fetched (${why})`, proof }]
    case 'refused':
      return [{ why: `its whole bundle of window ${window} is refused: ${why}`, proof }]
    case 'unknown':
      return [
        {
          why: `window ${window} could not be looked at from here (${why}); that is not the miner's fault`,
          proof,
        },
      ]
    case 'judged': {
      const [first] = rejected
      if (!first) return []
      const { group, rollout, reason } = first
      return [
        {
          why: `${rejected.length} of ${audited} audited rollouts of window ${window} are rejected, the first for ${reason}`,
          proof: `rollproof explain ${window}/${uid}/${group}/${rollout}`,
        },
      ]
    }
    default:
      return []
  }
}

function validatorReasons(uid: number, { epoch, scores }: EpochStatus): Reason[] {
  const proof = `rollproof evidence check ${uid} ${epoch}`
  switch (scores) {
    case 'none':
      return [
        {
          why: `it committed no scores for epoch ${epoch}: it was away, abstained, or could judge nobody`,
          proof,
        },
      ]
    case 'committed':
      return [
        { why: `it committed scores for epoch ${epoch} and did not reveal them, which costs stake`, proof },
      ]
    default:
      return [
        {
          why: `its row of epoch ${epoch} was revealed and earned no dividend: its stake did not count yet, it holds no seat, or nobody agrees with its row`,
          proof,
        },
      ]
  }
}
