import type { Hex } from 'viem'
import type { WeightTensors } from '../model/architecture/inference-graphs.ts'
import { type Checkpoint, createCheckpoint } from '../model/checkpoint/checkpoint.ts'
import { sha256OfPieces } from '../model/checkpoint/hash.ts'
import { nativeKernelClass } from '../model/engine/kernel-class.ts'
import { type AdamWState, globalNorm } from '../model/optimizer/adamw.ts'
import { encodeOptimizerInPieces } from '../model/optimizer/optimizer-file.ts'
import { type Gradients, openTrainer, type Trainer } from '../model/training/trainer.ts'
import { SubnetError } from '../shared/errors.ts'
import type { AdmittedGroup } from './admitted-group.ts'
import { type Batch, formBatches } from './form-batches.ts'
import { type Recipe, settingsAt } from './recipe.ts'
import type { UpdateRecord } from './update-record.ts'

export interface Update {
  readonly checkpoint: Checkpoint
  readonly optimizer: AdamWState
  readonly record: UpdateRecord
  /** Of an update of a rank: all that it changed, for whoever packs it. */
  readonly adapters?: WeightTensors
}

export interface UpdateInputs {
  readonly parent: Checkpoint
  /** State after the update that gave the parent; null begins with zeros, and so does one of another rank. */
  readonly optimizer: AdamWState | null
  readonly groups: readonly AdmittedGroup[]
  readonly recipe: Recipe
}

/** Optimiser steps of an update: taken so far, and in all. */
export interface StepCount {
  readonly taken: number
  readonly of: number
}

/**
 * Trains the next checkpoint from its parent. A function of its inputs: under the `exact` profile to the byte on
 * every machine, under `fast` to the byte within a class of kernels. The inputs stay as they are, so that a
 * discarded update leaves the parent in place.
 * @throws SubnetError NOTHING_TO_LEARN when no group's rollouts differ, TRAINING_DIVERGED
 */
export async function takeUpdate(
  { parent, optimizer, groups, recipe }: UpdateInputs,
  onStep: (count: StepCount) => void = () => {},
): Promise<Update> {
  const batches = formBatches(groups, recipe)
  if (batches.length === 0) {
    throw new SubnetError(
      'NOTHING_TO_LEARN',
      `None of ${groups.length} groups has rollouts that differ in worth: there is no update to take from them.`,
      { details: { groups: groups.length } },
    )
  }
  const { config, manifest } = parent
  const { profile } = manifest.numerics
  const { microBatchRows, rank } = recipe
  const goesOn = optimizer !== null && optimizer.rank === rank
  const trainer = await openTrainer(config, parent.weights, {
    profile,
    temperature: manifest.sampling.temperature,
    microBatchRows,
    ...(rank === undefined ? {} : { rank }),
    ...(goesOn ? { optimizer: structuredClone(optimizer) } : {}),
  })
  const firstStep = trainer.optimizer.step
  try {
    const steps: UpdateRecord['steps'] = []
    for (let epoch = 0; epoch < recipe.epochs; epoch++) {
      for (const batch of batches) {
        steps.push(await takeStep(trainer, batch, recipe))
        onStep({ taken: steps.length, of: recipe.epochs * batches.length })
      }
    }
    const { weights } = trainer
    requireFinite(weights)
    const { sampling, environment, numerics } = manifest
    const checkpoint = createCheckpoint({
      ...parent,
      weights,
      sampling,
      environment,
      numerics,
      parent: parent.manifestHash,
    })
    const record: UpdateRecord = {
      version: 1,
      parent: parent.manifestHash,
      checkpoint: checkpoint.manifestHash,
      optimizerBefore: optimizer && hashOptimizer(parent, optimizer),
      optimizerAfter: hashOptimizer(parent, trainer.optimizer),
      firstStep,
      runtime: manifest.runtime,
      kernels: profile === 'exact' ? manifest.numerics.kernels : await nativeKernelClass(),
      recipe,
      groups: batches.flatMap((batch) => batch.groups.map(nameOf)),
      steps,
    }
    const { adapters } = trainer
    return { checkpoint, optimizer: trainer.optimizer, record, ...(adapters === null ? {} : { adapters }) }
  } finally {
    await trainer.close()
  }
}

export function hashOptimizer({ config }: Checkpoint, state: AdamWState): Hex {
  return sha256OfPieces(encodeOptimizerInPieces(config, state))
}

export function nameOf({
  window,
  miner,
  group,
  policy,
  leaf,
}: AdmittedGroup): UpdateRecord['groups'][number] {
  return { window, miner, group, policy, leaf }
}

async function takeStep(
  trainer: Trainer,
  { groups, rows }: Batch,
  recipe: Recipe,
): Promise<UpdateRecord['steps'][number]> {
  const { clipLow, clipHigh, klWeight } = recipe
  const found = await trainer.gradients(rows, { kind: 'clipped-surrogate', clipLow, clipHigh, klWeight })
  const gradientNorm = requireSane(found, trainer.optimizer.step, recipe)
  trainer.apply(found, settingsAt(recipe, trainer.optimizer.step))
  return { groups: groups.length, rows: rows.length, tokens: found.tokens, loss: found.loss, gradientNorm }
}

/** @returns the gradients' norm */
function requireSane({ loss, tensors }: Gradients, step: number, recipe: Recipe): number {
  const norm = globalNorm(tensors)
  const { largestLoss, largestNorm } = recipe
  if (Math.abs(loss) <= largestLoss && norm <= largestNorm) return norm
  throw new SubnetError(
    'TRAINING_DIVERGED',
    `Step ${step + 1}: loss ${loss}, gradient norm ${norm}; at most ${largestLoss} and ${largestNorm} are let ` +
      'through. The update was discarded and the parent stays. Lower the learning rate, or look at the groups.',
    { details: { step: step + 1, loss, norm, largestLoss, largestNorm } },
  )
}

function requireFinite(weights: WeightTensors): void {
  for (const [name, { data }] of weights) {
    if (data.every(Number.isFinite)) continue
    throw new SubnetError(
      'TRAINING_DIVERGED',
      `The update made ${name} hold a number that is not finite. It was discarded and the parent stays.`,
      { details: { tensor: name } },
    )
  }
}
