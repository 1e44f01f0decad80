import type { MinerAttack } from './arena/attack.ts'
import type { MinerOutcome } from './arena/measure-miner.ts'
import type { ValidatorOutcome } from './arena/measure-validator.ts'
import type { ValidatorAttack } from './validators/validator-attack.ts'

/** Windows within which a cheat that shows in its tokens or its model must be out. */
const mostWindows = 3

/** What went otherwise than the protocol promises, in words; null when it kept its promise. */
export function faultOfMinerAttack(
  { kind, caughtBy }: MinerAttack,
  outcome: Omit<MinerOutcome, 'observed'>,
): string | null {
  const { reasons, detectionPerRollout, differing, windowsToExclusion, incentiveTaken } = outcome
  if (kind === 'sampling' && detectionPerRollout < (differing ?? 0) && caughtBy !== null) {
    return `${differing} of its rollouts are not the owed ones, ${detectionPerRollout} were rejected`
  }
  if (caughtBy === null) return null
  // Another model may show in its tokens already: then nobody looks at its sketches.
  const shown = reasons[caughtBy] ?? (kind === 'model' ? reasons.TOKEN_NOT_OWED : undefined)
  if (!shown) return `no ${caughtBy}; found: ${JSON.stringify(reasons)}`
  if (incentiveTaken >= 1) return `took ${incentiveTaken} of honest pay`
  const isBeyondReach = caughtBy.startsWith('STORE_')
  if (!isBeyondReach && (windowsToExclusion ?? Number.POSITIVE_INFINITY) > mostWindows) {
    return `not excluded within ${mostWindows} windows`
  }
  return null
}

export function faultOfValidatorAttack(
  { caughtBy }: ValidatorAttack,
  { evidence, epochs, dividendTaken }: ValidatorOutcome,
): string | null {
  if (caughtBy === 'evidence' && evidence.false !== epochs) {
    return `evidence proven false in ${evidence.false ?? 0} of ${epochs} epochs`
  }
  if (caughtBy === 'consensus' && dividendTaken >= 1) return `took ${dividendTaken} of an honest dividend`
  return null
}
