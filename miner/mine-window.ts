import type { PolicyKeeper } from '../model/distribution/policy-keeper.ts'
import { commitRoot } from '../shared/chain/commit-root.ts'
import { hasPassed } from '../shared/chain/has-passed.ts'
import { openWindow } from '../shared/chain/open-window.ts'
import { readActivePolicy } from '../shared/chain/read-active-policy.ts'
import { readBlockNumber } from '../shared/chain/read-block-number.ts'
import { readCommitment } from '../shared/chain/read-commitments.ts'
import { type Opening, readOpening } from '../shared/chain/read-opening.ts'
import { readRules } from '../shared/chain/read-rules.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Network } from '../shared/network.ts'
import { encodeBundle } from '../shared/protocol/bundle.ts'
import { commitmentOf } from '../shared/protocol/commitment.ts'
import type { Bundle, Group } from '../shared/protocol/rollout.ts'
import type { Rules } from '../shared/protocol/rules.ts'
import { commitDeadline, epochOf } from '../shared/protocol/schedule.ts'
import type { BundleStore } from '../shared/store/store.ts'
import { fetchWindowSeed } from '../shared/window/window-seed.ts'
import type { MinerJournal, PreparedWindow } from './journal.ts'
import type { Producer } from './produce.ts'

export interface Miner {
  readonly network: Network
  readonly uid: number
  readonly journal: MinerJournal
  readonly store: BundleStore
  /** Where others fetch what the store holds; the bundle's root is appended. */
  readonly publicUrl: string
  readonly produce: Producer
  readonly policies: PolicyKeeper
}

/** Rows that keep one thread's decoder busy. */
const batchRows = 64
/** Blocks kept free before the deadline for the commitment to land. */
const marginBlocks = 3n

/**
 * Takes one window from challenge to a commitment that cannot vanish any more; call it until it is settled. Safe to
 * call again after a kill at any point: what was prepared is sent as it was, and what the chain already has is only
 * noted. A window that opened anew in another block has another seed, and is answered again.
 * @throws SubnetError from chain, beacon, store or model; the window stays open for another try
 */
export async function mineWindow(miner: Miner, window: number): Promise<void> {
  const { network, journal } = miner
  const { chain, schedule, log } = network
  const known = journal.find(window)
  if (known && known.state !== 'prepared') return
  const deadline = commitDeadline(schedule, window)
  const block = await readBlockNumber(chain)
  const open = block < deadline
  const prepared =
    known && !(open && (await isOutdated(miner, known))) ? known : await prepareWindow(miner, window)
  const { root, groups } = prepared
  const committed = await readCommitment(chain, window, miner.uid)
  if (committed && committed.root !== root && known) {
    miss(miner, window, 'the window opened anew after the commitment, which was taken over as it was')
    return
  }
  if (!committed && (await readBlockNumber(chain)) >= deadline) {
    if ((await hasPassed(chain, deadline)) === null) return
    miss(miner, window, 'the commit deadline passed before the commitment was on chain')
    return
  }
  if (!(await commitRoot(chain, prepared))) return
  journal.settle(window, 'committed')
  log.info('committed window', { window, root, groups })
}

function miss({ network, journal }: Miner, window: number, why: string): void {
  journal.settle(window, 'missed')
  network.log.warn('missed window', { window, why })
}

/** Whether the answer is to a seed that the chain has given up since. */
async function isOutdated({ network }: Miner, { window, opening }: PreparedWindow): Promise<boolean> {
  const now = (await readOpening(network.chain, window)) ?? (await openWindow(network.chain, window))
  if (describeOpening(now) === opening) return false
  network.log.warn('window opened anew', { window, blockHash: now.blockHash })
  return true
}

function describeOpening({ blockHash, openRound }: Opening): string {
  return `${blockHash} ${openRound}`
}

/** Generates, stores and journals; nothing on chain yet. The same inputs give the same root on every run. */
async function prepareWindow(miner: Miner, window: number): Promise<PreparedWindow> {
  const { network, store, journal, uid } = miner
  const { chain, schedule, log } = network
  const rules = await readRules(chain, epochOf(schedule, window))
  const active = await readActivePolicy(chain, window)
  await miner.policies.obtain(active)
  const policy = active.manifestHash
  const { seed, opening } = await fetchWindowSeed(network, window)
  log.info('started window', { window, seed, policy, groups: rules.maxGroups, groupSize: rules.groupSize })

  const startedMs = network.clock.elapsedMs()
  const groups = await generateUntilDeadline(miner, window, rules, policy, seed)
  const { chainId, contracts } = chain.deployment
  const bundle: Bundle = { chainId, subnet: contracts.rolloutLog, window, miner: uid, policy, groups }
  const bytes = encodeBundle(bundle)
  const commitment = commitmentOf(bundle, bytes)
  await store.put(bytes, commitment.root.slice(2))
  const prepared = { window, policy, opening: describeOpening(opening), ...commitment }
  journal.prepare(prepared)
  log.info('prepared window', {
    window,
    groups: prepared.groups,
    rollouts: groups.length * rules.groupSize,
    tokens: tokensIn(groups),
    bytes: bytes.length,
    generationMs: network.clock.elapsedMs() - startedMs,
  })
  return prepared
}

/** Groups 0 … n-1 without gaps, as many as the rules allow or the deadline leaves time for. */
async function generateUntilDeadline(
  { network, produce, uid }: Miner,
  window: number,
  rules: Rules,
  policy: Bundle['policy'],
  windowSeed: Bundle['policy'],
): Promise<Group[]> {
  const lastBlock = commitDeadline(network.schedule, window) - marginBlocks
  const batch = Math.max(1, Math.floor(batchRows / rules.groupSize))
  const done: Group[] = []
  while (done.length < rules.maxGroups) {
    network.signal.throwIfAborted()
    const block = await readBlockNumber(network.chain)
    if (done.length > 0 && block >= lastBlock) break
    const count = Math.min(batch, rules.maxGroups - done.length)
    const { groupSize } = rules
    done.push(
      ...(await produce({
        policy,
        windowSeed,
        miner: uid,
        firstGroup: done.length,
        groups: count,
        groupSize,
      })),
    )
    network.log.debug('generated groups', { window, done: done.length, of: rules.maxGroups })
  }
  if (done.length === 0)
    throw new SubnetError('NOTHING_GENERATED', 'the rules allow no groups in this window')
  return done
}

function tokensIn(groups: readonly Group[]): number {
  return groups.reduce(
    (sum, { rollouts }) => sum + rollouts.reduce((n, { tokens }) => n + tokens.length, 0),
    0,
  )
}
