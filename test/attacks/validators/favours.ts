import { pointsOwed } from '../../../shared/protocol/evidence.ts'
import { rowTotal } from '../../../shared/protocol/score.ts'
import { friend, type ScoreReveal, type ValidatorAttack, victim } from './validator-attack.ts'

/** Audits as it should and then gives half of its row to its friend. */
export const friendScoredHigh: ValidatorAttack = {
  name: 'scores its friend high',
  gains: 'pay for its friend',
  caughtBy: 'consensus',
  async score(epoch) {
    return reweigh(await epoch.work(), (weight, uid) =>
      uid === friend ? Math.floor(rowTotal / 2) : Math.floor(weight / 2),
    )
  },
}

/** Says that its own machine failed on one honest miner: no check failed, so nothing contradicts it. */
export const crashAsPunishment: ValidatorAttack = {
  name: 'punishes a miner through its own crash',
  gains: 'harm to a competitor of its friend',
  caughtBy: 'consensus',
  async score(epoch) {
    return reweigh(await epoch.work(), (weight, uid) => (uid === victim ? 0 : weight))
  },
}

/** Evidence for a miner that is paid nothing is not owed, so the root keeps the secret. */
function reweigh(work: ScoreReveal, change: (weight: number, uid: number) => number): ScoreReveal {
  const weights = (work.weights ?? []).map(change)
  return { weights, evidence: pointsOwed(work.evidence, weights) }
}
