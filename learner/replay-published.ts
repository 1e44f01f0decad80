import type { Hex } from 'viem'
import { zeroHash } from 'viem'
import type { PolicyKeeper } from '../model/distribution/policy-keeper.ts'
import { committedBundle } from '../shared/chain/committed-bundle.ts'
import { readCommitment } from '../shared/chain/read-commitments.ts'
import { type PublishedPolicy, readPolicy } from '../shared/chain/read-policy.ts'
import type { ComputeThread } from '../shared/compute-thread.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Observer } from '../shared/network.ts'
import type { ReplayFinding } from '../shared/replay-finding.ts'
import { fetchBundle, isStoreError } from '../shared/store/fetch-bundle.ts'
import { locateBundle } from '../shared/store/locate.ts'
import type { BundleSource, BundleStore } from '../shared/store/store.ts'
import { readOpenedWindow } from '../shared/window/read-opened-window.ts'
import type { Delivery } from './admit-bundle.ts'
import { fetchPiece, maxOptimizerBytes, maxRecordBytes } from './fetch-piece.ts'
import type { ReplayJob } from './replay-job.ts'
import type { Replay } from './replay-update.ts'
import type { StepCount } from './take-update.ts'
import { decodeRecord, type UpdateRecord } from './update-record.ts'

export interface ReplaySources {
  readonly observer: Observer
  readonly policies: PolicyKeeper
  /** Keeps records and states: the next update is replayed from them, whoever serves them then. */
  readonly store: BundleStore
  readonly replays: Pick<ComputeThread<ReplayJob, Replay, StepCount>, 'run'>
  readonly allowPrivateHosts: boolean
  onStep(count: StepCount): void
}

/** Says that the update is wrong before anything is computed. */
class FalseUpdate extends Error {}

/**
 * Takes a published update again, from what chain, publisher and miners give. Bundles are asked of the miners that
 * committed them and then of the publisher: a miner that goes away cannot take back what was trained on.
 * @throws SubnetError failures of our own, and of the chain; a publisher's fault is a finding
 */
export async function replayPublished(
  sources: ReplaySources,
  policy: PublishedPolicy,
): Promise<ReplayFinding> {
  try {
    const job = await gather(sources, policy)
    const { agrees, findings, recomputed } = await sources.replays.run(job, sources.onStep)
    const ownHash = recomputed?.checkpoint ?? null
    return { outcome: agrees ? 'agrees' : 'disagrees', findings, ownHash }
  } catch (error) {
    sources.observer.signal.throwIfAborted()
    if (error instanceof FalseUpdate) {
      return { outcome: 'disagrees', findings: [error.message], ownHash: null }
    }
    if (!isStoreError(error) && !isMissing(error)) throw error
    return { outcome: 'withheld', findings: [`${error.code}: ${error.message}`], ownHash: null }
  }
}

function isMissing(error: unknown): error is SubnetError {
  return error instanceof SubnetError && ['CHECKPOINT_MISSING', 'PEERS_EXHAUSTED'].includes(error.code)
}

async function gather(sources: ReplaySources, policy: PublishedPolicy): Promise<ReplayJob> {
  const { observer, policies, store } = sources
  const piece = { store, signal: observer.signal }
  const publisher = publisherOf(sources, policy)
  const record = await fetchPiece(piece, policy.recordHash, [publisher], maxRecordBytes)
  const update = decoded(record)
  requireSame('checkpoint', update.checkpoint, policy.manifestHash)
  requireSame('parent', update.parent, policy.parent)
  const parent = await readPolicy(observer.chain, policy.parent)
  const publishers = parent.recordHash === zeroHash ? [] : [publisherOf(sources, parent), publisher]
  const before = publishers.length > 0 ? await stateBefore(sources, parent, publishers) : null
  requireSame('optimizerBefore', update.optimizerBefore, before)
  return {
    published: (await policies.obtain(policy)).dir,
    parent: (await policies.obtain(parent)).dir,
    record,
    optimizer: await fetchPiece(piece, update.optimizerAfter, [publisher], maxOptimizerBytes),
    optimizerBefore: before && (await fetchPiece(piece, before, publishers, maxOptimizerBytes)),
    deliveries: await gatherDeliveries(sources, update, publisher),
  }
}

function publisherOf({ allowPrivateHosts }: ReplaySources, { uri }: PublishedPolicy): BundleSource {
  return locateBundle(uri, { allowPrivateHosts }).source
}

function decoded(record: Uint8Array): UpdateRecord {
  try {
    return decodeRecord(record)
  } catch (cause) {
    throw new FalseUpdate((cause as Error).message)
  }
}

function requireSame(field: string, given: Hex | null, owed: Hex | null): void {
  if (given !== owed) throw new FalseUpdate(`its record names the ${field} ${given}, owed is ${owed}`)
}

/** Hash of the state that the parent's own record ends with. */
async function stateBefore(
  { store, observer }: ReplaySources,
  { recordHash }: PublishedPolicy,
  publishers: readonly BundleSource[],
): Promise<Hex> {
  return decoded(await fetchPiece({ store, signal: observer.signal }, recordHash, publishers, maxRecordBytes))
    .optimizerAfter
}

async function gatherDeliveries(
  sources: ReplaySources,
  { groups }: UpdateRecord,
  publisher: BundleSource,
): Promise<Delivery[]> {
  const { observer, policies, allowPrivateHosts } = sources
  const { chain, signal } = observer
  const deliveries: Delivery[] = []
  const answers = new Map(groups.map(({ window, miner }) => [`${window}/${miner}`, { window, miner }]))
  for (const { window, miner } of answers.values()) {
    signal.throwIfAborted()
    const opened = await readOpenedWindow(observer, window)
    const commitment = opened ? await readCommitment(chain, window, miner) : null
    if (!opened || !commitment) throw new FalseUpdate(`miner ${miner} committed nothing to window ${window}`)
    const { maxTokens } = (await policies.obtain(opened.policy)).manifest.sampling
    const options = { allowPrivateHosts, signal, others: [publisher] }
    const { windowSeed, rules, policy } = opened
    const bytes = await fetchBundle(commitment, { rules, maxTokens }, options)
    const committed = committedBundle(chain.deployment, commitment, window, policy.manifestHash)
    deliveries.push({ bytes, committed, windowSeed, rules })
  }
  return deliveries
}
