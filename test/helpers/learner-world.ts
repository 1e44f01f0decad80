import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keccak256, toHex, zeroHash } from 'viem'
import { onTestFinished } from 'vitest'
import { admitBundle } from '../../learner/admit-bundle.ts'
import { openLearnerJournal } from '../../learner/journal.ts'
import type { Learner, Purpose } from '../../learner/learner.ts'
import { trainUpdate } from '../../learner/train-update.ts'
import { generateGroups } from '../../miner/generate-groups.ts'
import { writeCheckpoint } from '../../model/checkpoint/write-checkpoint.ts'
import { keepPolicies } from '../../model/distribution/policy-keeper.ts'
import { openPolicies, type PolicyShelf } from '../../model/policy.ts'
import { toDrandInfo } from '../../shared/beacon/chain-info.ts'
import { announceUri } from '../../shared/chain/announce-uri.ts'
import { commitRoot } from '../../shared/chain/commit-root.ts'
import { openWindow } from '../../shared/chain/open-window.ts'
import { publishPolicy } from '../../shared/chain/publish-policy.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { systemClock } from '../../shared/clock.ts'
import type { ComputeThread } from '../../shared/compute-thread.ts'
import type { Log } from '../../shared/log.ts'
import type { Network } from '../../shared/network.ts'
import { encodeBundle } from '../../shared/protocol/bundle.ts'
import { commitmentOf } from '../../shared/protocol/commitment.ts'
import type { Bundle } from '../../shared/protocol/rollout.ts'
import { commitDeadline, windowStart } from '../../shared/protocol/schedule.ts'
import { type DirectoryStore, directoryStore } from '../../shared/store/directory-store.ts'
import { readOpenedWindow } from '../../shared/window/read-opened-window.ts'
import {
  beaconChain,
  createSubnet,
  oneToken,
  signTestRound,
  type TestSubnet,
  testConfig,
} from '../contracts/subnet.ts'
import { defaultCheckpoint, quickRecipe } from './deliveries.ts'
import { serveOnLoopback } from './loopback.ts'

type Entry = Readonly<Record<string, unknown>> & { readonly message: string }
type Member = Awaited<ReturnType<TestSubnet['register']>>

/** A chain, a beacon, miners' servers and a learner's parts, all real and in this process; the test is the clock. */
export interface LearnerWorld {
  readonly subnet: TestSubnet
  readonly network: Network
  readonly genesis: `0x${string}`
  readonly dir: string
  readonly store: DirectoryStore
  readonly updates: string
  readonly shelf: PolicyShelf
  /** Everything that was logged. */
  readonly said: Entry[]
  register(role: 'miner' | 'validator', name: string): Promise<Member>
  /** Opens a window, lets the miners answer it, and passes the deadline. @returns the block after it */
  play(window: number, answers: readonly Answer[]): Promise<bigint>
  /** One life of a learner: another one starts from what the first left on disk. */
  start(purpose: Purpose, changes?: Partial<Learner>): Learner
}

export interface Answer {
  readonly miner: Member
  /** What it commits, where that is not the honest answer. */
  readonly instead?: (honest: Bundle) => Bundle
  /** Commits and is gone: nobody serves the bundle. */
  readonly gone?: boolean
}

const schedule = { ...testConfig.schedule, startDelayBlocks: 160, beaconDelaySeconds: 0 }
const rules = { ...testConfig.rules, groupSize: 8, maxGroups: 4 }

export async function createLearnerWorld(): Promise<LearnerWorld> {
  const subnet = await createSubnet({ ...testConfig, schedule, rules })
  const dir = await mkdtemp(join(tmpdir(), 'rollproof-learner-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const checkpoints = join(dir, 'checkpoints')
  const checkpoint = await defaultCheckpoint('fast')
  const { manifestHash: genesis, manifest } = checkpoint
  await writeCheckpoint(join(checkpoints, genesis), checkpoint)
  await publishPolicy(subnet, {
    ...{ manifestHash: genesis, parent: zeroHash, recordHash: zeroHash, activationWindow: 0 },
    environmentId: keccak256(toHex(manifest.environment.id)),
    environmentHash: manifest.environment.parametersHash,
    uri: `checkpoints/${genesis}`,
  })
  const said: Entry[] = []
  const note = (message: string, fields = {}) => void said.push({ ...fields, message })
  const log: Log = { debug() {}, info: note, warn: note, error: note }
  const relay = await serveOnLoopback((request, response) => {
    const round = /\/public\/(\d+)$/.exec(request.url ?? '')?.[1]
    const signed = round === undefined ? undefined : signTestRound(BigInt(round))
    const body = signed && {
      round: Number(signed.round),
      randomness: signed.randomness.slice(2),
      signature: signed.signature.slice(2),
    }
    response.end(JSON.stringify(body ?? toDrandInfo(beaconChain)))
  })
  const controller = new AbortController()
  const network: Network = {
    ...{ chain: subnet, clock: systemClock, log, signal: controller.signal, pollMs: 10, upkeep: [] },
    schedule: await readSchedule(subnet),
    beacon: { chain: beaconChain, relays: [relay] },
  }
  const updates = join(dir, 'updates')
  const store = directoryStore(join(dir, 'store'))
  const ownUrl = await serveStore(store)
  const minersStore = directoryStore(join(dir, 'miners'))
  const minersUrl = await serveStore(minersStore)
  const shelf = openPolicies({ checkpoints: [checkpoints, updates], dataset: null })
  onTestFinished(() => shelf.close())
  const keeper = keepPolicies({
    ...{ roots: [checkpoints, updates], shelf: join(dir, 'shelf'), peers: [], store, log },
    ...{ signal: controller.signal, allowPrivateHosts: true },
  })

  async function answer(window: number, { miner, instead, gone }: Answer): Promise<void> {
    const opened = await readOpenedWindow(network, window)
    if (!opened) throw new Error('nobody opened the window')
    const { manifestHash: policy } = opened.policy
    const uid = miner.identity.uid
    const { groupSize, maxGroups } = rules
    const groups = await generateGroups(await shelf.open(policy), {
      ...{ policy, windowSeed: opened.windowSeed, miner: uid, firstGroup: 0, groups: maxGroups, groupSize },
    })
    const { chainId, contracts } = subnet.deployment
    const honest = { chainId, subnet: contracts.rolloutLog, window, miner: uid, policy, groups }
    const bundle = instead?.(honest) ?? honest
    const bytes = encodeBundle(bundle)
    const commitment = commitmentOf(bundle, bytes)
    if (!gone) await minersStore.put(bytes, commitment.root.slice(2))
    await announceUri(miner.hotKey, uid, minersUrl)
    await commitRoot(miner.hotKey, { window, ...commitment })
  }

  return {
    ...{ subnet, network, genesis, dir, store, updates, shelf, said },
    register: (role, name) => subnet.register(role, name, 100n * oneToken),
    async play(window, answers) {
      await subnet.advanceTo(windowStart(network.schedule, window) + 1n)
      await openWindow(subnet, window)
      for (const each of answers) await answer(window, each)
      await subnet.advanceTo(commitDeadline(network.schedule, window))
      return subnet.block()
    },
    start(purpose, changes = {}) {
      const journal = openLearnerJournal(join(dir, 'learner.sqlite'))
      const recipe = { ...quickRecipe, signal: { reward: 1, reasoning: 1, satisfaction: 1 } }
      return {
        ...{ network, journal, purpose, recipe, store, updates, policies: keeper, peers: [] },
        publicUrl: ownUrl,
        admissions: inline(async (delivery) =>
          admitBundle(await shelf.open(delivery.committed.policy), delivery),
        ),
        trainings: inline(trainUpdate),
        allowPrivateHosts: true,
        pool: new Map(),
        ...changes,
      }
    },
  }
}

/** The thread's work, done here. */
export function inline<Job, Result>(run: (job: Job) => Promise<Result>): ComputeThread<Job, Result> {
  return { run, cpuMs: () => 0, close: async () => {} }
}

async function serveStore(store: DirectoryStore): Promise<string> {
  return serveOnLoopback((request, response) => {
    const hash = request.url?.split('/').at(-1) ?? ''
    store.fetch(hash, { maxBytes: 2 ** 31, fits: () => true }).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    )
  })
}
