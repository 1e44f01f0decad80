import { generateGroups } from '../../../miner/generate-groups.ts'
import { stepAway } from '../../../model/calibration/step-away.ts'
import { type Checkpoint, createCheckpoint } from '../../../model/checkpoint/checkpoint.ts'
import { ADAMW_DEFAULTS } from '../../../model/optimizer/adamw.ts'
import type { Policy } from '../../../model/policy.ts'
import type { TrainingRow } from '../../../model/training/micro-batch.ts'
import { openTrainer } from '../../../model/training/trainer.ts'
import { deriveChallenge } from '../../../shared/protocol/challenge.ts'
import { drawSeed } from './window.ts'

const groups = 8
const groupSize = 8
/** The rate at which this policy learns best (research: GRPO on word problems). */
const learningRate = 4e-4
const loss = { kind: 'clipped-surrogate', clipLow: 0.8, clipHigh: 1.28 } as const

/** The policy that the network runs, and those before it. */
export interface Lineage {
  readonly checkpoint: Checkpoint
  /** Whether it is the policy of this project, whose tasks and samples attackers know how to imitate. */
  readonly isEmbedded: boolean
  /** Updates that it reaches back. */
  readonly updates: number
  /** Weights of so many updates before the network's, 1 … `updates`. */
  ancestor(updates: number): Promise<Checkpoint['weights']>
}

/** As many updates as the stalest miner skips. */
const embeddedUpdates = 8

/** The network runs the embedded policy eight updates on. */
export async function embeddedLineage(
  first: Checkpoint,
  openPolicy: (checkpoint: Checkpoint) => Promise<Policy>,
  seed: number,
): Promise<Lineage> {
  const trained = await trainLineage(first, openPolicy, { updates: embeddedUpdates, seed })
  return {
    checkpoint: trained[embeddedUpdates],
    isEmbedded: true,
    updates: embeddedUpdates,
    ancestor: async (back) => trained[embeddedUpdates - back].weights,
  }
}

/** At which a language model is reinforced: a hundredth of what suits a policy of this project. */
const broughtRate = 1e-6

/** The network runs what somebody brought. It has no history here: its ancestor is a neighbour, as far as one update. */
export function broughtLineage(checkpoint: Checkpoint): Lineage {
  return {
    checkpoint,
    isEmbedded: false,
    updates: 1,
    ancestor: () => stepAway(checkpoint, broughtRate),
  }
}

/**
 * Real reinforcement: every update is one GRPO step on rollouts of the checkpoint before it. The network runs the
 * last; a stale miner answers from an earlier one.
 * @returns updates + 1 checkpoints, `first` among them
 */
async function trainLineage(
  first: Checkpoint,
  openPolicy: (checkpoint: Checkpoint) => Promise<Policy>,
  options: { readonly updates: number; readonly seed: number },
): Promise<Checkpoint[]> {
  const { sampling, environment, numerics } = first.manifest
  const trainer = await openTrainer(first.config, first.weights, {
    profile: 'fast',
    temperature: sampling.temperature,
  })
  const lineage = [first]
  try {
    for (let update = 0; update < options.updates; update++) {
      const parent = lineage[update]
      const policy = await openPolicy(parent)
      const rows = await sampleRows(policy, drawSeed('update', options.seed, update))
      await policy.session.close()
      await trainer.step(rows, loss, { ...ADAMW_DEFAULTS, learningRate })
      const weights = new Map(
        [...trainer.weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
      )
      const next = { ...first, weights, sampling, environment, numerics, parent: parent.manifestHash }
      lineage.push(createCheckpoint(next))
    }
    return lineage
  } finally {
    await trainer.close()
  }
}

async function sampleRows(policy: Policy, windowSeed: `0x${string}`): Promise<TrainingRow[]> {
  const task = { policy: policy.manifestHash, windowSeed, miner: 0, firstGroup: 0, groups, groupSize }
  const answered = await generateGroups(policy, task)
  return answered.flatMap(({ index, rollouts }) => {
    const { prompt } = deriveChallenge(policy, windowSeed, 0, index)
    const mean = rollouts.reduce((sum, { reward }) => sum + reward, 0) / rollouts.length
    const variance = rollouts.reduce((sum, { reward }) => sum + (reward - mean) ** 2, 0) / rollouts.length
    if (variance === 0) return []
    return rollouts.map(({ tokens, reward, logProbabilities }) => ({
      prompt,
      completion: tokens,
      advantage: (reward - mean) / Math.sqrt(variance),
      oldLogProbabilities: [...logProbabilities],
    }))
  })
}
