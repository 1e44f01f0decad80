import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { admitBundle, type Delivery } from '../../learner/admit-bundle.ts'
import type { AdmittedRollout } from '../../learner/admitted-group.ts'
import { generateGroups } from '../../miner/generate-groups.ts'
import { hashManifest, parseManifest } from '../../model/checkpoint/manifest.ts'
import { FILES } from '../../model/checkpoint/read-checkpoint.ts'
import { openPolicies } from '../../model/policy.ts'
import { PPM } from '../../shared/environments/environment.ts'
import { encodeBundle } from '../../shared/protocol/bundle.ts'
import { commitmentOf } from '../../shared/protocol/commitment.ts'
import { type Place, writeRolled } from './place.ts'

const windowSeed = `0x${'3c'.repeat(32)}` as const
const subnet = `0x${'ab'.repeat(20)}` as const
const [window, miner] = [1, 2]

/** A miner's honest answer to a window, and what a learner that checks all of it admits. */
export async function roll(
  { parent, work }: Place,
  { groups: maxGroups, groupSize }: { readonly groups: number; readonly groupSize: number },
): Promise<object> {
  const policies = openPolicies({ checkpoints: [parent], dataset: null })
  const policy = await policies.open(await manifestHashOf(parent))
  const task = { policy: policy.manifestHash, windowSeed, miner, firstGroup: 0, groups: maxGroups, groupSize }
  const startedMs = performance.now()
  const groups = await generateGroups(policy, task)
  const generatedMs = performance.now() - startedMs
  const bundle = { chainId: 31_337, subnet, window, miner, policy: policy.manifestHash, groups }
  const { groups: _groups, ...header } = bundle
  const delivery: Delivery = {
    bytes: encodeBundle(bundle),
    committed: { ...header, ...commitmentOf(bundle) },
    windowSeed,
    rules: { groupSize, maxGroups },
  }
  const admission = await admitBundle(policy, delivery)
  await policies.close()
  if (admission.refused.length > 0)
    throw new Error(`an honest bundle was refused: ${JSON.stringify(admission.refused[0])}`)
  await writeRolled(work, { delivery, groups: admission.groups })
  const rollouts = admission.groups.flatMap((group) => group.rollouts)
  const right = (of: readonly AdmittedRollout[]) => of.filter(({ judged }) => judged.reward === PPM).length
  return {
    rollouts: rollouts.length,
    right: right(rollouts),
    teaching: admission.groups.filter(({ rollouts: own }) => right(own) % own.length !== 0).length,
    tokens: rollouts.reduce((sum, { tokens }) => sum + tokens.length, 0),
    generatedSeconds: generatedMs / 1000,
  }
}

async function manifestHashOf(dir: string): Promise<Hex> {
  const path = join(dir, FILES.manifest)
  return hashManifest(parseManifest(await readFile(path, 'utf8'), path))
}
