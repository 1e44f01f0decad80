import { rowTotal } from '../../shared/protocol/score.ts'
import type { Weights } from '../views.ts'
import type { EpochFacts } from './history.ts'

/** What validators gave and what consensus left of it; null where the epoch is not settled, or paid nobody. */
export function weightsOf({ epoch, reveals, settlement }: EpochFacts): Weights | null {
  if (!settlement || settlement.voided) return null
  const { consensus, ranks, stakes, validatorUids } = settlement
  const power = stakes.reduce((sum, stake) => sum + stake, 0)
  const rank = ranks.reduce((sum, part) => sum + part, 0)
  const share = (weight: number) => weight / rowTotal
  return {
    epoch,
    consensus: consensus.map(share),
    incentive: ranks.map((part) => (rank === 0 ? 0 : part / rank)),
    rows: reveals.map(({ validatorUid, weights }) => {
      const seat = validatorUids.indexOf(validatorUid)
      const given = consensus.map((_, uid) => weights[uid] ?? 0)
      return {
        validator: validatorUid,
        power: seat < 0 || power === 0 ? null : stakes[seat] / power,
        given: given.map(share),
        clipped: given.map((weight, uid) => share(Math.min(weight, consensus[uid]))),
      }
    }),
  }
}
