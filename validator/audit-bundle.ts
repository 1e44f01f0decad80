import type { Policy } from '../model/policy.ts'
import { ownSample, type RolloutIndex, sharedSample } from '../shared/protocol/audit.ts'
import { openBundle, readGroup } from '../shared/protocol/bundle.ts'
import { bundleLimits } from '../shared/protocol/bundle-limits.ts'
import { type CommittedBundle, checkCommitment } from '../shared/protocol/checks/commitment.ts'
import { type JudgedGroup, judgeGroup } from '../shared/protocol/checks/judge-group.ts'
import type { EvidencePoint } from '../shared/protocol/evidence.ts'
import type { JudgedRollout } from '../shared/protocol/score.ts'
import type { Rejection, RolloutVerdict } from '../shared/protocol/verdict.ts'
import { type AuditedRollout, type AuditSeeds, type Recomputation, recompute } from './recompute.ts'

/** Everything a verdict is a function of, besides the policy. Plain data: it crosses threads and can be kept. */
export interface AuditJob extends AuditSeeds {
  readonly bytes: Uint8Array
  readonly committed: CommittedBundle
  /** A miner with evidence against it is audited in full. What counts as evidence of our work stays the same. */
  readonly suspect: boolean
}

export interface AuditReport {
  /** Set when the bundle as a whole is refused; then nothing else was looked at. */
  readonly bundleRejection: Rejection | null
  /**
   * Recomputed for every rollout of the groups that a score is made of: those into which the shared sample falls,
   * so that validators agree; all of a suspect's.
   */
  readonly scoredGroups: readonly (readonly JudgedRollout[])[]
  /** Groups that the miner committed, scored or not. */
  readonly committedGroups: number
  /** One per rollout that was audited, or that failed a check that needs no model in a group that was read. */
  readonly verdicts: readonly (RolloutVerdict & { readonly tokens: number })[]
  readonly evidence: readonly EvidencePoint[]
}

/**
 * Judges one miner's bundle. Only groups into which the beacon's choice falls are read; nobody knew which when the
 * bundle was committed. There, what needs no model is checked for every rollout, and the forward pass is run on the
 * rollouts that were chosen. Every fault found is data; what is thrown is our own failure.
 */
export async function auditBundle(policy: Policy, job: AuditJob): Promise<AuditReport> {
  const limits = bundleLimits(policy, job.rules)
  const opened = openBundle(job.bytes, limits)
  if (opened.rejection) return refuse(opened.rejection)
  const { header } = opened.value
  const refused = checkCommitment(opened.value, job.committed)
  if (refused) return refuse(refused)

  const chosen = selectRollouts(job, header.groupHashes.length)
  const read = new Map<number, JudgedGroup>()
  for (const { group } of chosen) {
    if (read.has(group)) continue
    const found = readGroup(opened.value, group, limits)
    if (found.rejection) return refuse(found.rejection)
    read.set(group, judgeGroup(policy, job.windowSeed, job.miner, found.value))
  }
  const audited = chosen.map(({ group, rollout, own }): AuditedRollout => {
    const { challenge, rollouts } = read.get(group) as JudgedGroup
    return { challenge, index: rollout, rollout: rollouts[rollout], own }
  })
  const recomputations = await recompute(policy, job, audited)
  const recomputed = new Map(audited.map((row, i) => [row.rollout, recomputations[i]]))
  const verdicts = [...read].flatMap(([group, { rollouts, textual }]) =>
    rollouts.flatMap((rollout, index) => {
      const recomputation = recomputed.get(rollout)
      if (!recomputation && !textual[index]) return []
      const verdict = mergeVerdict(group, index, textual[index], recomputation)
      return [{ ...verdict, tokens: rollout.tokens.length }]
    }),
  )
  const scored = new Set(chosen.flatMap(({ group, shared }) => (shared || job.suspect ? group : [])))
  return {
    bundleRejection: null,
    scoredGroups: [...scored].map((group) => (read.get(group) as JudgedGroup).judged),
    committedGroups: header.groupHashes.length,
    verdicts,
    evidence: recomputations.flatMap(({ evidence }) => evidence),
  }
}

function refuse(bundleRejection: Rejection): AuditReport {
  return { bundleRejection, scoredGroups: [], committedGroups: 0, verdicts: [], evidence: [] }
}

interface ChosenRollout extends RolloutIndex {
  readonly shared: boolean
  readonly own: boolean
}

/** The beacon's choice: the sample shared by all validators, and this validator's own; all of a suspect's. */
function selectRollouts(job: AuditJob, groups: number): ChosenRollout[] {
  const { auditSeed, miner, validator, rules, suspect } = job
  const { groupSize } = rules
  const key = ({ group, rollout }: RolloutIndex) => group * groupSize + rollout
  const shared = new Set(sharedSample(auditSeed, miner, groups, rules).map(key))
  const own = new Set(ownSample(auditSeed, validator, miner, groups, rules).map(key))
  const all = Array.from({ length: suspect ? groups * groupSize : 0 }, (_, at) => at)
  const chosen = [...new Set([...all, ...shared, ...own])].sort((a, b) => a - b)
  return chosen.map((at) => ({
    group: Math.floor(at / groupSize),
    rollout: at % groupSize,
    shared: shared.has(at),
    own: own.has(at),
  }))
}

/** Rejections in the order of `checkOrder`: the reward is looked at last, after the forward pass. */
export function mergeVerdict(
  group: number,
  rollout: number,
  textual: Rejection | null,
  recomputed: Recomputation | undefined,
): RolloutVerdict {
  const byModel = recomputed?.rejection ?? null
  const rejection = textual?.check === 'reward' ? (byModel ?? textual) : (textual ?? byModel)
  return {
    group,
    rollout,
    rejection,
    positions: recomputed?.positions ?? 0,
    violations: Math.max(recomputed?.violations ?? 0, rejection ? 1 : 0),
    drift: {
      sampling: recomputed?.checked.sampling.deviation ?? 0,
      sketch: recomputed?.checked.sketch.deviation ?? 0,
      logProbability: recomputed?.checked.logProbability.deviation ?? 0,
    },
  }
}
