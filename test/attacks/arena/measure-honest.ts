import { generateGroups } from '../../../miner/generate-groups.ts'
import type { Arena } from './arena.ts'
import { honestMiners } from './arena.ts'
import { auditInFull } from './measure-miner.ts'
import { bundleOf, fullTask, submit } from './miner-program.ts'

export interface HonestOutcome {
  /** Distinct positions of honest rollouts, each compared by every check that there is. */
  readonly positions: number
  readonly rollouts: number
  /** Rollouts that a check refused: every one is a defect. */
  readonly rejected: number
  /** Largest deviations that were accepted, in each check's unit. */
  readonly drift: { readonly sampling: number; readonly sketch: number; readonly logProbability: number }
}

/**
 * Audits honest rollouts in full until so many positions have been compared. Where a profile tolerates drift,
 * every other miner computes on the other engine's kernels, as on a foreign machine.
 */
export async function measureHonest(
  { ground }: Arena,
  atLeast: number,
  onProgress: (positions: number) => void,
): Promise<HonestOutcome> {
  const { numerics } = ground.policy.manifest
  const elsewhere = numerics.profile === 'fast' ? await ground.openElsewhere('exact') : ground.policy
  const total = { positions: 0, rollouts: 0, rejected: 0 }
  const drift = { sampling: 0, sketch: 0, logProbability: 0 }
  for (let window = 0; total.positions < atLeast; window++) {
    for (const miner of honestMiners) {
      const task = { window, windowSeed: ground.windowSeed(window), miner }
      const policy = (window + miner) % 2 === 0 ? ground.policy : elsewhere
      const groups = await generateGroups(policy, fullTask(ground, task))
      const { report } = await auditInFull(ground, miner, submit(bundleOf(ground, task, groups)), window)
      for (const verdict of report?.verdicts ?? []) {
        total.positions += verdict.positions
        total.rollouts++
        if (verdict.rejection) total.rejected++
        else
          for (const kind of Object.keys(drift) as (keyof typeof drift)[])
            drift[kind] = Math.max(drift[kind], verdict.drift[kind])
      }
      if (!report || report.bundleRejection) total.rejected += ground.rules.maxGroups * ground.rules.groupSize
      onProgress(total.positions)
    }
  }
  return { ...total, drift }
}
