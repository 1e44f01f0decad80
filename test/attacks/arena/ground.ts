import { fileURLToPath } from 'node:url'
import type { Hex } from 'viem'
import { generateGroups } from '../../../miner/generate-groups.ts'
import type { ArchitectureConfig } from '../../../model/architecture/config.ts'
import type { WeightTensors } from '../../../model/architecture/inference-graphs.ts'
import { type Checkpoint, createCheckpoint, deriveCheckpoint } from '../../../model/checkpoint/checkpoint.ts'
import { readCheckpoint } from '../../../model/checkpoint/read-checkpoint.ts'
import type { NumericsProfile } from '../../../model/engine/engine.ts'
import type { Policy } from '../../../model/policy.ts'
import { type HiddenSession, openHiddenSession } from '../../../model/runtime/open-hidden-session.ts'
import { openSession } from '../../../model/runtime/open-session.ts'
import { loadTokenizer } from '../../../model/tokenizer/tokenizer.ts'
import { findEnvironment } from '../../../shared/environments/registry.ts'
import type { Group } from '../../../shared/protocol/rollout.ts'
import type { Rules } from '../../../shared/protocol/rules.ts'
import { broughtLineage, embeddedLineage, type Lineage } from './lineage.ts'
import { rememberScores } from './remember-scores.ts'
import { devnetRules, drawSeed } from './window.ts'

const embeddedPolicy = fileURLToPath(new URL('../../../models/default', import.meta.url))

/** A checkpoint that somebody brought, and the data that its problems come from. */
export interface BroughtPolicy {
  readonly dir: string
  readonly dataset: string | undefined
}

/** What an impostor runs instead of the owed checkpoint. */
export interface ModelChange {
  readonly weights?: WeightTensors
  readonly config?: ArchitectureConfig
  readonly temperature?: number
}

/** What miners and validators meet on: one policy, its ancestors, the rules and the public seeds. */
export interface Ground {
  readonly policy: Policy
  readonly checkpoint: Checkpoint
  readonly rules: Rules
  readonly seed: number
  readonly lineage: Lineage
  windowSeed(window: number): Hex
  auditSeed(window: number): Hex
  /** Another model behind the network's manifest: it answers where the owed one should. */
  openImpostor(change: ModelChange): Promise<Policy>
  /** The owed policy on other kernels than the profile names: an honest miner on another class of machine. */
  openElsewhere(kernels: NumericsProfile): Promise<Policy>
  /** A policy of this ground opened for rules that look at hidden states. */
  inspect(policy: Policy): Promise<HiddenSession>
  /** What the miner owes in a window, generated once. */
  owed(window: number, miner: number): Promise<readonly Group[]>
  /** Closes everything but the owed policy: of a large one no machine holds many. */
  release(): Promise<void>
  close(): Promise<void>
}

export async function prepareGround(options: {
  readonly profile: NumericsProfile
  readonly seed: number
  readonly groups: number
  /** The embedded policy eight updates on, where nobody brought one. */
  readonly brought?: BroughtPolicy | undefined
  readonly rules?: Rules | undefined
}): Promise<Ground> {
  const { profile, seed, brought } = options
  const first = deriveCheckpoint(await readCheckpoint(brought?.dir ?? embeddedPolicy), { profile })
  const { sampling, environment: asked } = first.manifest
  const codec = loadTokenizer(first.tokenizerJson, sampling.endToken)
  const environment = findEnvironment(asked.id, { gsm8kPath: brought?.dataset })
  const openPolicy = async (named: Checkpoint, run = named, kernels = profile): Promise<Policy> => ({
    manifest: named.manifest,
    manifestHash: named.manifestHash,
    session: rememberScores(await openSession(run, kernels)),
    codec,
    environment,
  })
  const lineage = brought ? broughtLineage(first) : await embeddedLineage(first, (at) => openPolicy(at), seed)
  const { checkpoint } = lineage
  const policy = await openPolicy(checkpoint)
  const rules = { ...(options.rules ?? devnetRules), maxGroups: options.groups }
  const opened = new Map([[policy, checkpoint]])
  const inspected = new Map<Policy, Promise<HiddenSession>>()
  const owed = new Map<string, Promise<readonly Group[]>>()

  async function close(held: Policy): Promise<void> {
    opened.delete(held)
    await held.session.close()
    await (await inspected.get(held))?.close()
    inspected.delete(held)
  }
  const windowSeed = (window: number) => drawSeed('window', seed, window)
  const generate = (window: number, miner: number) =>
    generateGroups(policy, {
      policy: policy.manifestHash,
      windowSeed: windowSeed(window),
      miner,
      firstGroup: 0,
      groups: rules.maxGroups,
      groupSize: rules.groupSize,
    })
  return {
    policy,
    checkpoint,
    rules,
    seed,
    lineage,
    windowSeed,
    auditSeed: (window) => drawSeed('audit', seed, window),
    async openImpostor({ temperature, ...change }) {
      const { sampling, parent, ...manifest } = checkpoint.manifest
      const impostor = createCheckpoint({
        ...checkpoint,
        ...change,
        sampling: { ...sampling, temperature: temperature ?? sampling.temperature },
        environment: manifest.environment,
        numerics: manifest.numerics,
        parent,
      })
      const run = await openPolicy(checkpoint, impostor)
      opened.set(run, impostor)
      return run
    },
    async openElsewhere(kernels) {
      const elsewhere = await openPolicy(checkpoint, checkpoint, kernels)
      opened.set(elsewhere, checkpoint)
      return elsewhere
    },
    inspect(policy) {
      const model = opened.get(policy)
      if (model === undefined) throw new TypeError('a policy of another ground')
      const known = inspected.get(policy) ?? openHiddenSession(model, profile)
      inspected.set(policy, known)
      return known
    },
    owed(window, miner) {
      const key = `${window}/${miner}`
      const known = owed.get(key) ?? generate(window, miner)
      owed.set(key, known)
      return known
    },
    async release() {
      for (const held of [...opened.keys()].filter((held) => held !== policy)) await close(held)
    },
    async close() {
      for (const held of opened.keys()) await close(held)
    },
  }
}
