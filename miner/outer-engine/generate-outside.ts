import { randomInt } from 'node:crypto'
import type { Policy } from '../../model/policy.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Group, Rollout } from '../../shared/protocol/rollout.ts'
import { samplingUniforms } from '../../shared/protocol/sampling.ts'
import { intoGroups, type OwedRollout, owedRollouts, rolloutOf } from '../owed-rollouts.ts'
import type { GroupsTask } from '../produce.ts'
import { askEngine, type EngineRow, type OuterEngine } from './ask-engine.ts'
import { checkRow } from './check-row.ts'
import { recompute } from './recompute.ts'

/**
 * Answers a batch of groups with another program's engine. Every row is checked for what it shows of itself, and
 * some, which the engine cannot foresee, against the policy.
 * @param recomputed how many rollouts of a batch run through our own policy, too
 * @throws SubnetError ENGINE_INEXACT, and what asking and checking throw
 */
export async function generateOutside(
  policy: Policy,
  engine: OuterEngine,
  task: GroupsTask,
  recomputed: number,
): Promise<Group[]> {
  if (policy.manifest.numerics.profile === 'exact') {
    throw new SubnetError(
      'ENGINE_INEXACT',
      'the policy tolerates no deviation, and no kernels but this program’s own give the same bits. Mine with --engine native.',
    )
  }
  const owed = owedRollouts(policy, task)
  const rows = await askEngine(engine, policy, task, owed)
  const rollouts = rows.map((row, index) => readRow(policy, task, owed[index], row))
  for (const index of drawIndices(rollouts.length, recomputed)) {
    await recompute(policy, task, owed[index], rollouts[index])
  }
  return intoGroups(owed, rollouts, task.groupSize)
}

function readRow(
  policy: Policy,
  { windowSeed, miner }: GroupsTask,
  { challenge, rollout }: OwedRollout,
  row: EngineRow,
): Rollout {
  const { sampling, numerics } = policy.manifest
  const { group } = challenge
  checkRow(row, {
    name: `group ${group}, rollout ${rollout}`,
    vocabulary: policy.session.vocabulary,
    sampling,
    uniforms: samplingUniforms(windowSeed, miner, group, rollout, sampling.maxTokens),
    logprobTolerance: numerics.logprobTolerance,
  })
  return rolloutOf(policy, challenge, {
    tokens: row.tokens,
    sketches: Int8Array.from(row.sketches),
    logProbabilities: Float32Array.from(row.logProbabilities),
  })
}

/** Different ones, at random. */
function drawIndices(length: number, count: number): number[] {
  const left = Array.from({ length }, (_, index) => index)
  return Array.from({ length: Math.min(count, length) }, () => left.splice(randomInt(left.length), 1)[0])
}
