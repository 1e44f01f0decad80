import type { Policy } from '../../model/policy.ts'
import { SubnetError } from '../../shared/errors.ts'
import { comparePositions } from '../../shared/protocol/checks/compare-positions.ts'
import type { Rollout } from '../../shared/protocol/rollout.ts'
import type { OwedRollout } from '../owed-rollouts.ts'
import type { GroupsTask } from '../produce.ts'

/**
 * Runs our own policy over a rollout that another engine gave, and compares every position as a validator would.
 * @throws SubnetError ENGINE_TOKEN_NOT_OWED, ENGINE_DEVIATES with the numbers that decided it
 */
export async function recompute(
  { manifest, session }: Policy,
  { windowSeed, miner }: GroupsTask,
  { challenge, rollout: index }: OwedRollout,
  rollout: Rollout,
): Promise<void> {
  const { group, prompt } = challenge
  const { vocabulary } = session
  const owed = { windowSeed, miner, group, index, rollout, vocabulary, numerics: manifest.numerics }
  const compared = comparePositions(owed, () => true)
  await session.score([{ prompt, completion: rollout.tokens }], (_, position, at) =>
    compared.visit(position, at),
  )
  const { rejection } = compared.result()
  if (!rejection) return
  const { check, reason, numbers } = rejection
  throw new SubnetError(
    check === 'sampling' ? 'ENGINE_TOKEN_NOT_OWED' : 'ENGINE_DEVIATES',
    `group ${group}, rollout ${index}: recomputed here, the engine's answer would be rejected: ${reason} at position ${numbers.position}, ${numbers.deviation} off where ${numbers.tolerance} is tolerated`,
    { details: { group, rollout: index, check, reason, ...numbers } },
  )
}
