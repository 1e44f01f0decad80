import { fileURLToPath } from 'node:url'
import type { Delivery } from '../../learner/admit-bundle.ts'
import { DEFAULT_RECIPE, type Recipe } from '../../learner/recipe.ts'
import { generateGroups } from '../../miner/generate-groups.ts'
import { type Checkpoint, createCheckpoint } from '../../model/checkpoint/checkpoint.ts'
import { numericsOf } from '../../model/checkpoint/numerics.ts'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import type { NumericsProfile } from '../../model/engine/engine.ts'
import type { Policy } from '../../model/policy.ts'
import { openSession } from '../../model/runtime/open-session.ts'
import { loadTokenizer } from '../../model/tokenizer/tokenizer.ts'
import { findEnvironment } from '../../shared/environments/registry.ts'
import { encodeBundle } from '../../shared/protocol/bundle.ts'
import { commitmentOf } from '../../shared/protocol/commitment.ts'
import type { Bundle, Group } from '../../shared/protocol/rollout.ts'

const defaultDir = fileURLToPath(new URL('../../models/default', import.meta.url))

const deliveredRules = { groupSize: 8, maxGroups: 3 }

/** Small batches and no warm-up: every test step moves the weights. */
export const quickRecipe: Recipe = { ...DEFAULT_RECIPE, groupsPerStep: 1, microBatchRows: 6, warmUpSteps: 0 }

/** The embedded weights under a profile, with a length limit that cuts some completions. */
export async function defaultCheckpoint(profile: NumericsProfile): Promise<Checkpoint> {
  const embedded = await readCheckpoint(defaultDir)
  const { sampling, environment, parent } = embedded.manifest
  return createCheckpoint({
    ...embedded,
    sampling: { ...sampling, maxTokens: 32 },
    environment,
    parent,
    numerics: numericsOf(profile).numerics,
  })
}

export async function openCheckpoint(checkpoint: Checkpoint, threads = 1): Promise<Policy> {
  const { manifest, manifestHash, tokenizerJson } = checkpoint
  return {
    manifest,
    manifestHash,
    session: await openSession(checkpoint, manifest.numerics.profile, { threads }),
    codec: loadTokenizer(tokenizerJson),
    environment: findEnvironment(manifest.environment.id),
  }
}

const windowSeed = (window: number) => `0x${(window + 0x30).toString(16).repeat(32)}` as const

/** A miner's honest answer to a window, as the miner itself generates it. */
export async function answer(policy: Policy, window: number, miner: number): Promise<Bundle> {
  const { maxGroups, groupSize } = deliveredRules
  const groups = await generateGroups(policy, {
    policy: policy.manifestHash,
    windowSeed: windowSeed(window),
    miner,
    firstGroup: 0,
    groups: maxGroups,
    groupSize,
  })
  const subnet = `0x${'ab'.repeat(20)}` as const
  return { chainId: 31_337, subnet, window, miner, policy: policy.manifestHash, groups }
}

/** A bundle, committed as it is to what it says it is. */
export function deliver(bundle: Bundle): Delivery {
  const { groups: _groups, ...header } = bundle
  return {
    bytes: encodeBundle(bundle),
    committed: { ...header, ...commitmentOf(bundle) },
    windowSeed: windowSeed(bundle.window),
    rules: deliveredRules,
  }
}

/** The bundle with one rollout of one group changed. */
export function withRollout(
  bundle: Bundle,
  group: number,
  rollout: number,
  change: (rollout: Group['rollouts'][number]) => Partial<Group['rollouts'][number]>,
): Bundle {
  const changed = bundle.groups[group].rollouts[rollout]
  const rollouts = bundle.groups[group].rollouts.with(rollout, { ...changed, ...change(changed) })
  return { ...bundle, groups: bundle.groups.with(group, { ...bundle.groups[group], rollouts }) }
}
