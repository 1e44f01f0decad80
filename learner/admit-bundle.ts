import type { Hex } from 'viem'
import type { Policy } from '../model/policy.ts'
import { openBundle, readGroup } from '../shared/protocol/bundle.ts'
import { type BundleLimits, bundleLimits } from '../shared/protocol/bundle-limits.ts'
import { type CommittedBundle, checkCommitment } from '../shared/protocol/checks/commitment.ts'
import { comparePositions } from '../shared/protocol/checks/compare-positions.ts'
import { type JudgedGroup, judgeGroup } from '../shared/protocol/checks/judge-group.ts'
import { commitmentLeaves } from '../shared/protocol/commitment.ts'
import type { BundleHeader } from '../shared/protocol/rollout.ts'
import type { Rejection } from '../shared/protocol/verdict.ts'
import type { AdmittedGroup } from './admitted-group.ts'

/** One miner's answer to one window, and what the chain and the beacon say of it. Plain data. */
export interface Delivery {
  readonly bytes: Uint8Array
  readonly committed: CommittedBundle
  readonly windowSeed: Hex
  readonly rules: BundleLimits['rules']
}

export interface RefusedRollout {
  /** null where the bundle as a whole is refused. */
  readonly group: number | null
  readonly rollout: number | null
  readonly rejection: Rejection
}

export interface Admission {
  readonly window: number
  readonly miner: number
  /** All of the bundle's groups, or none. */
  readonly groups: readonly AdmittedGroup[]
  readonly refused: readonly RefusedRollout[]
}

/**
 * Checks everything in a bundle: format, commitment, challenge, termination, reward, and with one forward pass the
 * owed token, the sketch and the log-probability at every position. That pass also gives the log-probabilities that
 * training needs, so checking everything costs a learner nothing extra.
 *
 * One fault refuses the bundle: whoever could spoil single groups would choose what the policy learns from.
 *
 * @param policy the checkpoint that `committed` names, open under its own profile
 */
export async function admitBundle(policy: Policy, delivery: Delivery): Promise<Admission> {
  const { bytes, committed, windowSeed, rules } = delivery
  const { window, miner } = committed
  if (committed.policy !== policy.manifestHash) throw new TypeError('a bundle of another policy')
  const refuse = (refused: readonly RefusedRollout[]): Admission => ({ window, miner, groups: [], refused })
  const refuseBundle = (rejection: Rejection) => refuse([{ group: null, rollout: null, rejection }])

  const limits = bundleLimits(policy, rules)
  const opened = openBundle(bytes, limits)
  if (opened.rejection) return refuseBundle(opened.rejection)
  const { header } = opened.value
  const rejection = checkCommitment(opened.value, committed)
  if (rejection) return refuseBundle(rejection)

  const judged: JudgedGroup[] = []
  for (const index of header.groupHashes.keys()) {
    const read = readGroup(opened.value, index, limits)
    if (read.rejection) return refuseBundle(read.rejection)
    judged.push(judgeGroup(policy, windowSeed, miner, read.value))
  }
  const textual = judged.flatMap((group) => refusals(group, group.textual))
  if (textual.length > 0) return refuse(textual)
  const compared = await compareGroups(policy, windowSeed, miner, judged)
  const refused = judged.flatMap((group, g) =>
    refusals(
      group,
      compared[g].map(({ result }) => result().rejection),
    ),
  )
  if (refused.length > 0) return refuse(refused)
  return { window, miner, groups: admitted(header, judged, compared), refused: [] }
}

function refusals({ challenge }: JudgedGroup, rejections: readonly (Rejection | null)[]): RefusedRollout[] {
  return rejections.flatMap((rejection, rollout) =>
    rejection ? [{ group: challenge.group, rollout, rejection }] : [],
  )
}

type ComparedRollout = ReturnType<typeof comparePositions> & { readonly logProbabilities: number[] }

/** By group and rollout, all of them in one pass. */
async function compareGroups(
  policy: Policy,
  windowSeed: Hex,
  miner: number,
  groups: readonly JudgedGroup[],
): Promise<ComparedRollout[][]> {
  const { numerics } = policy.manifest
  const { vocabulary } = policy.session
  const compared = groups.map(({ challenge: { group }, rollouts }) =>
    rollouts.map((rollout, index): ComparedRollout => {
      const owed = { windowSeed, miner, group, index, rollout, vocabulary, numerics }
      return { ...comparePositions(owed, () => true), logProbabilities: [] }
    }),
  )
  const rows = groups.flatMap(({ challenge, rollouts }, g) =>
    rollouts.map(({ tokens }, r) => ({
      prompt: challenge.prompt,
      completion: tokens,
      compared: compared[g][r],
    })),
  )
  await policy.session.score(rows, (row, step, at) => {
    const { completion, compared } = rows[row]
    compared.visit(step, at)
    compared.logProbabilities.push(at.logProbabilities[completion[step]])
  })
  return compared
}

function admitted(
  header: BundleHeader,
  groups: readonly JudgedGroup[],
  compared: readonly (readonly ComparedRollout[])[],
): AdmittedGroup[] {
  const { window, miner, policy } = header
  const leaves = commitmentLeaves(header)
  return groups.map(({ challenge, rollouts, judged }, g) => ({
    window,
    miner,
    group: challenge.group,
    policy,
    leaf: leaves[g],
    prompt: challenge.prompt,
    rollouts: rollouts.map(({ tokens }, r) => ({
      tokens,
      logProbabilities: compared[g][r].logProbabilities,
      judged: judged[r],
    })),
  }))
}
