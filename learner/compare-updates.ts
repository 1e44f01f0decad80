import type { WeightTensors } from '../model/architecture/inference-graphs.ts'
import { listTrained } from '../model/architecture/low-rank.ts'
import type { Checkpoint } from '../model/checkpoint/checkpoint.ts'
import { canonicalJson, type Manifest } from '../model/checkpoint/manifest.ts'
import { type Difference, differenceOf } from './difference.ts'
import { hashOptimizer, type Update } from './take-update.ts'
import type { UpdateRecord } from './update-record.ts'

export interface Comparison {
  readonly agrees: boolean
  /** Everything that is wrong; empty when the update agrees. */
  readonly findings: readonly string[]
  /** Between the published weights and the recomputed ones. */
  readonly difference: Difference | null
}

/**
 * What two classes of native kernels may make differ. `share` bounds the root mean square of the difference over
 * that of the update, `steps` a single weight, in learning rates times optimiser steps: AdamW moves a weight whose
 * gradient is nothing but rounding by up to a learning rate, either way.
 */
const replayTolerance = { share: 2 ** -6, steps: 2 } as const

/** What was published against what this machine made of the same inputs. */
export function compareUpdates(parent: Checkpoint, published: Update, recomputed: Update): Comparison {
  const difference = differenceOf(parent.weights, published.checkpoint.weights, recomputed.checkpoint.weights)
  const { record } = published
  const sameKernels =
    record.runtime === recomputed.record.runtime && record.kernels === recomputed.record.kernels
  const findings = [
    ...mislabelled(published),
    ...(sameKernels
      ? differingFields(record, recomputed.record)
      : outsideTolerance(published, recomputed, difference)),
  ]
  return { agrees: findings.length === 0, findings, difference }
}

/** The record is of this checkpoint and this state. */
function mislabelled({ checkpoint, optimizer, record }: Update): string[] {
  const findings: string[] = []
  if (checkpoint.manifestHash !== record.checkpoint) {
    findings.push(`the checkpoint is ${checkpoint.manifestHash}, the record names ${record.checkpoint}`)
  }
  const state = hashOptimizer(checkpoint, optimizer)
  if (state !== record.optimizerAfter) {
    findings.push(`the optimiser's state is ${state}, the record names ${record.optimizerAfter}`)
  }
  return findings
}

function differingFields(given: object, owed: object): string[] {
  return Object.entries(owed).flatMap(([field, value]) => {
    const [published, recomputed] = [(given as Record<string, unknown>)[field], value].map(canonicalJson)
    return published === recomputed
      ? []
      : [`${field} is ${shortened(published)}, recomputed ${shortened(recomputed)}`]
  })
}

/** The fields that no kernel decides must be equal; numbers must be near. */
function outsideTolerance(published: Update, recomputed: Update, difference: Difference): string[] {
  const findings = [
    ...differingFields(undecidedByKernels(published.record), undecidedByKernels(recomputed.record)),
    ...differingFields(named(published.checkpoint.manifest), named(recomputed.checkpoint.manifest)),
  ]
  const { recipe, steps } = recomputed.record
  const largest = replayTolerance.steps * recipe.learningRate * steps.length
  if (!(difference.largest <= largest)) {
    findings.push(`${difference.tensor} differs by ${difference.largest}, at most ${largest} may`)
  }
  const moments = momentsOf(recomputed)
  const apart = differenceOf(zerosLike(moments), momentsOf(published), moments)
  const shares = { weights: difference.share, moments: apart.share }
  for (const [what, share] of Object.entries(shares)) {
    if (share <= replayTolerance.share) continue
    findings.push(`the ${what} differ by ${share} of the update, at most ${replayTolerance.share} may`)
  }
  return findings
}

function undecidedByKernels({ runtime, firstStep, groups, recipe, steps }: UpdateRecord): object {
  const counts = steps.map(({ groups, rows, tokens }) => ({ groups, rows, tokens }))
  return { runtime, firstStep, groups, recipe, counts }
}

/** A manifest without what follows from the weights. */
function named({ weights: _weights, graphs: _graphs, ...rest }: Manifest): object {
  return rest
}

function momentsOf({ checkpoint, optimizer: { first, second, rank } }: Update): WeightTensors {
  return new Map(
    listTrained(checkpoint.config, rank ?? null).flatMap(({ name, shape }, k) => [
      [`first.${name}`, { shape, data: first[k] }],
      [`second.${name}`, { shape, data: second[k] }],
    ]),
  )
}

function zerosLike(tensors: WeightTensors): WeightTensors {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, data: new Float32Array(data.length) }]),
  )
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
