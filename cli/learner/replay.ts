import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Hex, isHash } from 'viem'
import { runReplay } from '../../learner/replay-job.ts'
import { replayPublished } from '../../learner/replay-published.ts'
import { keepPolicies } from '../../model/distribution/policy-keeper.ts'
import { openPolicies } from '../../model/policy.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { readPolicy } from '../../shared/chain/read-policy.ts'
import { readUpdates } from '../../shared/chain/read-updates.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { ReplayFinding } from '../../shared/replay-finding.ts'
import { directoryStore } from '../../shared/store/directory-store.ts'
import { createLogger } from '../logger.ts'
import { openObserver } from '../observer/open-observer.ts'
import { checkpointRoots } from '../roles/checkpoint-roots.ts'
import { showSteps } from '../show-steps.ts'
import { readOfflineJob } from './offline-job.ts'

export interface ReplayValues {
  readonly deployment: string | undefined
  readonly rpc: string | undefined
  readonly relay: readonly string[]
  readonly checkpoints: readonly string[]
  readonly dataset: string | undefined
  readonly allowPrivateHosts: boolean
  readonly update: string | undefined
  readonly parent: string | undefined
  readonly case: readonly string[]
}

export type ReplayReport = ReplayFinding & { readonly policy: Hex }

/** From directories and cases, without any network; or from chain, publisher and miners. */
export async function replay(
  values: ReplayValues,
  named: string | undefined,
  signal: AbortSignal,
): Promise<ReplayReport> {
  const { deployment, rpc, relay, update, parent } = values
  if (update !== undefined && parent !== undefined) return replayOffline(values, { update, parent })
  if (deployment !== undefined && rpc !== undefined && named !== undefined) {
    return replayOnline(values, { deployment, rpc, relay }, named, signal)
  }
  throw new SubnetError(
    'CONFIG_INVALID',
    'give an update with --deployment and --rpc, or --update DIR, --parent DIR and its --case FILEs; see --help',
  )
}

async function replayOffline(
  values: ReplayValues,
  dirs: { readonly update: string; readonly parent: string },
): Promise<ReplayReport> {
  const { policy, job, missing } = await readOfflineJob(dirs, values.case, values.deployment)
  if (missing.length > 0) return { policy, outcome: 'withheld', findings: missing, ownHash: null }
  const checkpoints = [...checkpointRoots(values), dirs.parent]
  const policies = openPolicies({ checkpoints, dataset: values.dataset ?? null })
  try {
    const { agrees, findings, recomputed } = await runReplay(policies, job, showSteps)
    return {
      policy,
      outcome: agrees ? 'agrees' : 'disagrees',
      findings,
      ownHash: recomputed?.checkpoint ?? null,
    }
  } finally {
    await policies.close()
  }
}

async function replayOnline(
  { checkpoints, dataset, allowPrivateHosts }: ReplayValues,
  access: { readonly deployment: string; readonly rpc: string; readonly relay: readonly string[] },
  named: string,
  signal: AbortSignal,
): Promise<ReplayReport> {
  const observer = await openObserver(access, signal)
  const policy = await readPolicy(observer.chain, await findUpdate(observer.chain, named))
  const dir = await mkdtemp(join(tmpdir(), 'rollproof-replay-'))
  const shelf = join(dir, 'checkpoints')
  const roots = checkpointRoots({ checkpoints })
  const store = directoryStore(join(dir, 'pieces'))
  const log = createLogger('replay', 'error')
  const shelves = openPolicies({ checkpoints: [...roots, shelf], dataset: dataset ?? null })
  try {
    const finding = await replayPublished(
      {
        ...{ observer, store, allowPrivateHosts },
        policies: keepPolicies({ roots, shelf, peers: [], store, log, signal, allowPrivateHosts }),
        replays: { run: (job, onStep) => runReplay(shelves, job, onStep) },
        onStep: showSteps,
      },
      policy,
    )
    return { ...finding, policy: policy.manifestHash }
  } finally {
    await shelves.close()
    await rm(dir, { recursive: true, force: true })
  }
}

async function findUpdate(chain: ChainContext, named: string): Promise<Hex> {
  if (isHash(named)) return named.toLowerCase() as Hex
  const updates = await readUpdates(chain)
  const found = /^\d{1,9}$/.test(named) ? updates[Number(named) - 1] : undefined
  if (found) return found
  throw new SubnetError(
    'CONFIG_INVALID',
    `${named} is no update: give a manifest hash, or a number from 1 to ${updates.length}, which are on chain`,
  )
}
