import type { Hex } from 'viem'
import type { Checkpoint } from '../model/checkpoint/checkpoint.ts'
import { canonicalJson } from '../model/checkpoint/manifest.ts'
import type { AdamWState } from '../model/optimizer/adamw.ts'
import type { Policy } from '../model/policy.ts'
import { admitBundle, type Delivery } from './admit-bundle.ts'
import type { AdmittedGroup } from './admitted-group.ts'
import { type Comparison, compareUpdates } from './compare-updates.ts'
import { hashOptimizer, nameOf, type StepCount, takeUpdate, type Update } from './take-update.ts'
import { hashRecord } from './update-record.ts'

export interface ReplayInputs {
  /** As somebody published it; this is on trial. */
  readonly published: Update
  /** Verified by earlier replays; these are not. */
  readonly parent: Checkpoint
  readonly optimizer: AdamWState | null
  /** Every bundle that the record takes groups from, with what the chain says of it. */
  readonly deliveries: readonly Delivery[]
  /** The checkpoints that generated, each open under its own profile. */
  openPolicy(manifestHash: Hex): Promise<Policy>
}

export interface Replay extends Comparison {
  /** What this machine makes of the record: an objector's own hashes. null where the groups may not be trained on. */
  readonly recomputed: { readonly checkpoint: Hex; readonly record: Hex } | null
}

/**
 * Takes an update again from the bytes that it was made of, and compares: to the bit where the kernels are those of
 * the record, within a tolerance elsewhere. Whatever is wrong with what was published is a finding, never thrown.
 * @throws SubnetError TRAINING_DIVERGED, NOTHING_TO_LEARN when what is recorded is no update
 */
export async function replayUpdate(
  inputs: ReplayInputs,
  onStep?: (count: StepCount) => void,
): Promise<Replay> {
  const { published, parent, optimizer } = inputs
  const { record } = published
  const findings: string[] = []
  const before = optimizer && hashOptimizer(parent, optimizer)
  if (record.parent !== parent.manifestHash) findings.push(`it names the parent ${record.parent}`)
  if (record.optimizerBefore !== before)
    findings.push(`it names the state ${record.optimizerBefore} before it`)
  const { groups, missing } = await findGroups(inputs)
  findings.push(...missing)
  if (findings.length > 0) return { agrees: false, findings, difference: null, recomputed: null }
  const update = await takeUpdate({ parent, optimizer, groups, recipe: record.recipe }, onStep)
  const recomputed = { checkpoint: update.checkpoint.manifestHash, record: hashRecord(update.record) }
  return { ...compareUpdates(parent, published, update), recomputed }
}

/** The recorded groups, admitted anew. */
async function findGroups({ published, deliveries, openPolicy }: ReplayInputs) {
  const admitted = new Map<Hex, AdmittedGroup>()
  const missing: string[] = []
  for (const delivery of deliveries) {
    const policy = await openPolicy(delivery.committed.policy)
    const { window, miner, groups, refused } = await admitBundle(policy, delivery)
    for (const group of groups) admitted.set(group.leaf, group)
    for (const { rejection } of refused.slice(0, 1)) {
      missing.push(`window ${window}, miner ${miner} fails the ${rejection.check} check: ${rejection.reason}`)
    }
  }
  const groups = published.record.groups.flatMap((named) => {
    const group = admitted.get(named.leaf)
    if (group && canonicalJson(nameOf(group)) === canonicalJson(named)) return [group]
    missing.push(
      `window ${named.window}, miner ${named.miner} has no admitted group ${named.group} of that leaf`,
    )
    return []
  })
  return { groups, missing }
}
