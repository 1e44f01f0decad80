import { writeFileSync } from 'node:fs'
import { openPolicies } from '../../model/policy.ts'
import { SubnetError } from '../../shared/errors.ts'
import { openBundle } from '../../shared/protocol/bundle.ts'
import { bundleLimits } from '../../shared/protocol/bundle-limits.ts'
import { type Explanation, explainRollout } from '../../validator/explain.ts'
import { type ExplainCase, encodeCase } from '../../validator/explain-case.ts'
import { fetchCase } from '../../validator/fetch-case.ts'
import { disputeOf } from '../dispute/provable.ts'
import { checkpointRoots } from '../roles/checkpoint-roots.ts'
import { openObserver } from './open-observer.ts'
import { caseMismatch, readCase } from './read-case.ts'

/** One rollout of the network: window, miner's uid, group, rollout. */
export interface RolloutName {
  readonly window: number
  readonly miner: number
  readonly group: number
  readonly rollout: number
}

export interface ExplainValues {
  readonly case: string | undefined
  readonly save: string | undefined
  readonly deployment: string | undefined
  readonly rpc: string | undefined
  readonly relay: readonly string[]
  readonly checkpoints: readonly string[]
  readonly dataset: string | undefined
  readonly allowPrivateHosts: boolean
}

/** A verdict, and the command that proves its fault on chain where a contract can judge that. */
export interface DisputableExplanation extends Explanation {
  readonly dispute: string | null
}

/** From a case on disk, without any network; or from chain, relays and the miner's store. */
export async function explain(
  values: ExplainValues,
  name: RolloutName,
  signal: AbortSignal,
): Promise<DisputableExplanation> {
  const facts =
    values.case === undefined ? await fetch(values, name, signal) : open(values.case, values, name)
  if (values.save !== undefined) save(values.save, facts)
  const policies = openPolicies({ checkpoints: checkpointRoots(values), dataset: values.dataset ?? null })
  try {
    const policy = await policies.open(facts.policy)
    const explanation = await explainRollout(policy, facts, name)
    const { value: bundle } = openBundle(facts.bundle, bundleLimits(policy, facts.rules))
    const dispute = bundle ? disputeOf(explanation, facts, bundle, policy.manifest) : null
    return { ...explanation, dispute }
  } finally {
    await policies.close()
  }
}

async function fetch(values: ExplainValues, name: RolloutName, signal: AbortSignal): Promise<ExplainCase> {
  const { deployment, rpc, relay, allowPrivateHosts } = values
  if (deployment === undefined || rpc === undefined) {
    throw new SubnetError(
      'CONFIG_INVALID',
      'give --case FILE, or --deployment and --rpc to fetch the case; see --help',
    )
  }
  const observer = await openObserver({ deployment, rpc, relay }, signal)
  return fetchCase(observer, name, { checkpoints: checkpointRoots(values), allowPrivateHosts })
}

function open(path: string, { deployment }: ExplainValues, name: RolloutName): ExplainCase {
  const facts = readCase(path, deployment)
  const { window, miner } = facts
  if (window !== name.window || miner !== name.miner) {
    throw caseMismatch(
      path,
      `is of window ${window}, miner ${miner}: name a rollout as ${window}/${miner}/GROUP/ROLLOUT`,
    )
  }
  return facts
}

function save(path: string, facts: ExplainCase): void {
  try {
    writeFileSync(path, encodeCase(facts))
  } catch (cause) {
    throw new SubnetError(
      'FILE_UNWRITABLE',
      `cannot write the case to ${path}: ${(cause as Error).message}`,
      {
        details: { path },
        cause,
      },
    )
  }
}
