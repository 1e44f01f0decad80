import { lastingBlock } from '../../shared/chain/lasting-block.ts'
import { type MinerCommitment, readCommitments } from '../../shared/chain/read-commitments.ts'
import { commitDeadline, windowAt } from '../../shared/protocol/schedule.ts'
import { fetchBundle, isStoreError } from '../../shared/store/fetch-bundle.ts'
import { type OpenedWindow, readOpenedWindow } from '../../shared/window/read-opened-window.ts'
import { checkBundle } from '../check-bundle.ts'
import type { DeliveryEntry } from '../journal.ts'
import { type Learner, poolKey } from '../learner.ts'
import { readTrusted } from '../read-trusted.ts'

/** A learner that was away, or is new, takes up so many windows at most: what is older is stale. */
const mostWindowsBack = 8
/** A miner is skipped for that long after its second refused bundle. */
const probationWindows = 64
const refusalsToSkip = 2
/** Bundles that are fetched at a time; the memory they take is bounded by it. */
const fetchedAtOnce = 4

/**
 * Takes in every window whose commit phase is over. The window's own deadline is the only one there is: whoever has
 * not committed by then is not waited for, and a bundle that cannot be had then is not asked for again.
 */
export async function collectWindows(learner: Learner, block: bigint): Promise<void> {
  const { journal, network } = learner
  const { chain, schedule, signal } = network
  // What was committed in a block that vanishes was never committed.
  const lasting = lastingBlock(chain, block)
  const running = windowAt(schedule, lasting)
  if (running < 0) return
  const last = lasting >= commitDeadline(schedule, running) ? running : running - 1
  const first = Math.max(0, (journal.newestWindow() ?? -1) + 1, last + 1 - mostWindowsBack)
  for (let window = first; window <= last; window++) {
    signal.throwIfAborted()
    await collectWindow(learner, window)
  }
}

async function collectWindow(learner: Learner, window: number): Promise<void> {
  const { journal, network } = learner
  const opened = await readOpenedWindow(network, window)
  const commitments = opened ? await readCommitments(network.chain, window) : []
  const missing = commitments.filter(({ minerUid }) => !journal.findDelivery(window, minerUid))
  const trusted = await readTrusted(network.chain)
  const startedMs = network.clock.elapsedMs()
  for (let i = 0; opened && i < missing.length; i += fetchedAtOnce) {
    const some = missing.slice(i, i + fetchedAtOnce)
    const answers = await Promise.all(
      some.map((commitment) => answerOf(learner, opened, commitment, trusted)),
    )
    for (const [at, answer] of answers.entries()) {
      if ('bytes' in answer) await admit(learner, opened, some[at], answer.bytes)
      else record(learner, { ...place(opened, some[at]), bundle: null, ...answer })
    }
  }
  journal.closeWindow(window, network.clock.elapsedMs() - startedMs)
  const statuses = commitments.map(({ minerUid }) => journal.findDelivery(window, minerUid)?.status)
  const count = (wanted: DeliveryEntry['status']) => statuses.filter((status) => status === wanted).length
  network.log.info('collected window', {
    window,
    commitments: commitments.length,
    admitted: count('admitted'),
    refused: count('refused'),
    unavailable: count('unavailable'),
    skipped: count('skipped'),
    aside: count('aside'),
  })
}

function place({ window, policy }: OpenedWindow, { minerUid: miner }: MinerCommitment) {
  return { window, miner, policy: policy.manifestHash }
}

type Answer = { readonly bytes: Uint8Array } | Pick<DeliveryEntry, 'status' | 'reason'>

async function answerOf(
  { network, journal, policies, allowPrivateHosts }: Learner,
  opened: OpenedWindow,
  commitment: MinerCommitment,
  trusted: ReadonlySet<number> | null,
): Promise<Answer> {
  const { minerUid: miner } = commitment
  if (trusted && !trusted.has(miner)) {
    return { status: 'skipped', reason: 'the validators agreed to pay it nothing' }
  }
  const probation = { from: opened.window - probationWindows, to: opened.window }
  if (journal.countRefused(probation, miner) >= refusalsToSkip) {
    return { status: 'skipped', reason: `${refusalsToSkip} of its last bundles were refused` }
  }
  const { maxTokens } = (await policies.obtain(opened.policy)).manifest.sampling
  const bounds = { rules: opened.rules, maxTokens }
  try {
    return { bytes: await fetchBundle(commitment, bounds, { allowPrivateHosts, signal: network.signal }) }
  } catch (error) {
    if (!isStoreError(error)) throw error
    return { status: 'unavailable', reason: `${error.code}: ${error.message}` }
  }
}

/** Everything or nothing: see `admitBundle`. What is admitted is kept, for us after a restart and for replays. */
async function admit(
  learner: Learner,
  opened: OpenedWindow,
  commitment: MinerCommitment,
  bytes: Uint8Array,
): Promise<void> {
  const about = place(opened, commitment)
  const checked = await checkBundle(learner, opened, commitment, bytes)
  if ('aside' in checked) {
    const bundle = await learner.store.put(bytes)
    return record(learner, { ...about, status: 'aside', bundle, reason: checked.aside })
  }
  const { groups, refused } = checked
  if (refused.length > 0) {
    const { check, reason } = refused[0].rejection
    return record(learner, { ...about, status: 'refused', bundle: null, reason: `${check}: ${reason}` })
  }
  const bundle = await learner.store.put(bytes, commitment.root.slice(2))
  record(learner, { ...about, status: 'admitted', bundle, reason: null })
  learner.pool.set(poolKey(about), groups)
}

function record({ journal, network }: Learner, delivery: DeliveryEntry): void {
  journal.recordDelivery(delivery)
  const { window, miner, status, reason } = delivery
  if (status === 'refused') network.log.warn('refused bundle', { window, miner, reason })
  if (status === 'unavailable') network.log.warn('missed bundle', { window, miner, reason })
  if (status === 'skipped') network.log.info('skipped bundle', { window, miner, reason })
}
