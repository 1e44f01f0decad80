import type { Policy } from '../model/policy.ts'
import { ownSample, type RolloutIndex, sharedSample } from '../shared/protocol/audit.ts'
import { decodeBundle } from '../shared/protocol/bundle.ts'
import { type Challenge, completionText, deriveChallenge } from '../shared/protocol/challenge.ts'
import { checkChallenge } from '../shared/protocol/checks/challenge.ts'
import { type CommittedBundle, checkCommitment } from '../shared/protocol/checks/commitment.ts'
import { checkCompleteness } from '../shared/protocol/checks/completeness.ts'
import { checkReward } from '../shared/protocol/checks/reward.ts'
import { checkTermination } from '../shared/protocol/checks/termination.ts'
import type { EvidencePoint } from '../shared/protocol/evidence.ts'
import type { Bundle, Group } from '../shared/protocol/rollout.ts'
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
  /** Recomputed for every rollout, by group. */
  readonly groups: readonly (readonly JudgedRollout[])[]
  /** One per rollout that was audited, or that failed a check that needs no model. */
  readonly verdicts: readonly (RolloutVerdict & { readonly tokens: number })[]
  readonly evidence: readonly EvidencePoint[]
}

/**
 * Judges one miner's bundle. What needs no model is checked for every rollout; the forward pass is run on the
 * rollouts that the beacon selected. Every fault found is data; what is thrown is our own failure.
 */
export async function auditBundle(policy: Policy, job: AuditJob): Promise<AuditReport> {
  const { sampling } = policy.manifest
  const limits = { rules: job.rules, maxTokens: sampling.maxTokens, vocabulary: policy.session.vocabulary }
  const decoded = decodeBundle(job.bytes, limits)
  if (decoded.rejection) return refuse(decoded.rejection)
  const { bundle } = decoded
  const refused = checkCommitment(bundle, job.committed) ?? checkCompleteness(bundle)
  if (refused) return refuse(refused)

  const read = bundle.groups.map((group) => readGroup(policy, job, group))
  const audited = selectRollouts(job, bundle, read)
  const recomputations = await recompute(policy, job, audited)
  const recomputed = new Map(audited.map((row, i) => [row.rollout, recomputations[i]]))
  const verdicts = read.flatMap(({ group, textual }) =>
    group.rollouts.flatMap((rollout, index) => {
      const recomputation = recomputed.get(rollout)
      if (!recomputation && !textual[index]) return []
      const verdict = mergeVerdict(group.index, index, textual[index], recomputation)
      return [{ ...verdict, tokens: rollout.tokens.length }]
    }),
  )
  return {
    bundleRejection: null,
    groups: read.map(({ judged }) => judged),
    verdicts,
    evidence: recomputations.flatMap(({ evidence }) => evidence),
  }
}

function refuse(bundleRejection: Rejection): AuditReport {
  return { bundleRejection, groups: [], verdicts: [], evidence: [] }
}

interface ReadGroup {
  readonly group: Group
  readonly challenge: Challenge
  readonly judged: readonly JudgedRollout[]
  /** First failure of each rollout among the checks that need no model. */
  readonly textual: readonly (Rejection | null)[]
}

function readGroup(policy: Policy, job: AuditJob, group: Group): ReadGroup {
  const { environment, codec, manifest } = policy
  const challenge = deriveChallenge(policy, job.windowSeed, job.miner, group.index)
  const { endToken } = manifest.sampling
  const judged = group.rollouts.map(({ tokens }) => ({
    ...environment.judge(challenge.problem, completionText(codec, tokens, endToken)),
    tokens: tokens.length,
  }))
  const prompt = checkChallenge(group, challenge)
  const textual = group.rollouts.map(
    (rollout, i) => prompt ?? checkTermination(rollout, manifest.sampling) ?? checkReward(rollout, judged[i]),
  )
  return { group, challenge, judged, textual }
}

/** The beacon's choice: the sample shared by all validators, and this validator's own; all of a suspect's. */
function selectRollouts(job: AuditJob, bundle: Bundle, read: readonly ReadGroup[]): AuditedRollout[] {
  const { auditSeed, miner, validator, rules, suspect } = job
  const groups = bundle.groups.length
  const key = ({ group, rollout }: RolloutIndex) => group * rules.groupSize + rollout
  const shared = sharedSample(auditSeed, miner, groups, rules).map(key)
  const own = new Set(ownSample(auditSeed, validator, miner, groups, rules).map(key))
  const all = Array.from({ length: groups * rules.groupSize }, (_, at) => at)
  const chosen = suspect ? all : [...new Set([...shared, ...own])].sort((a, b) => a - b)
  return chosen.map((at) => {
    const { group, challenge } = read[Math.floor(at / rules.groupSize)]
    const index = at % rules.groupSize
    return { challenge, index, rollout: group.rollouts[index], own: own.has(at) }
  })
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
