import { join } from 'node:path'
import type { Hex } from 'viem'
import { type Checkpoint, createCheckpoint, deriveCheckpoint } from '../../model/checkpoint/checkpoint.ts'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import { writeCheckpoint } from '../../model/checkpoint/write-checkpoint.ts'
import type { NumericsProfile } from '../../model/engine/engine.ts'
import { ADAMW_DEFAULTS } from '../../model/optimizer/adamw.ts'
import { loadTokenizer } from '../../model/tokenizer/tokenizer.ts'
import { openTrainer } from '../../model/training/trainer.ts'
import { demonstrationRow } from '../../model/training/warm-start.ts'
import type { Environment } from '../../shared/environments/environment.ts'
import { childSeed } from '../../shared/protocol/seed.ts'
import { embeddedCheckpoints } from '../roles/checkpoint-roots.ts'

/** What is known of a policy whose weights are on disk alone. */
export interface PreparedPolicy {
  readonly active: Pick<Checkpoint, 'manifest' | 'manifestHash' | 'config'>
}

const rowsPerStep = 32
/** A small step, as reinforcement takes: the stale checkpoint is one of these behind. */
const learningRate = 1e-4

/**
 * Writes the two checkpoints of the devnet: the embedded policy under this run's environment and numerics, and
 * its child, one real optimiser step later. The network runs the child, so that a miner that skipped the update
 * has something to be stale with.
 */
export async function preparePolicy(options: {
  readonly checkpoints: string
  readonly environment: Environment
  readonly profile: NumericsProfile
  readonly seed: Hex
}): Promise<PreparedPolicy> {
  const { checkpoints, environment, profile, seed } = options
  const { id, parametersHash } = environment
  const embedded = await readCheckpoint(join(embeddedCheckpoints, 'default'))
  const parent = deriveCheckpoint(embedded, { environment: { id, parametersHash }, profile })
  const active = await takeStep(parent, seed)
  for (const checkpoint of [parent, active]) {
    await writeCheckpoint(join(checkpoints, checkpoint.manifestHash), checkpoint)
  }
  const { manifest, manifestHash, config } = active
  return { active: { manifest, manifestHash, config } }
}

async function takeStep(parent: Checkpoint, seed: Hex): Promise<Checkpoint> {
  const { config, manifest, tokenizerJson } = parent
  const tokenizer = loadTokenizer(tokenizerJson)
  const task = manifest.environment.id === 'sat' ? 'sat' : 'word-problems'
  const rows = Array.from({ length: rowsPerStep }, (_, row) =>
    demonstrationRow(tokenizer, task, childSeed('devnet step', seed, row), 0),
  )
  const { temperature } = manifest.sampling
  const trainer = await openTrainer(config, parent.weights, {
    temperature,
    profile: manifest.numerics.profile,
  })
  try {
    await trainer.step(rows, { kind: 'cross-entropy' }, { ...ADAMW_DEFAULTS, learningRate })
    return createCheckpoint({
      ...parent,
      weights: trainer.weights,
      sampling: manifest.sampling,
      environment: manifest.environment,
      numerics: manifest.numerics,
      parent: parent.manifestHash,
    })
  } finally {
    await trainer.close()
  }
}
