import { decideExactly, type ExactEpoch, type ExactOutcome } from '../../shared/protocol/exact-consensus.ts'
import { fromRatio, one } from '../../shared/protocol/fixed-point.ts'
import type { SparseMatrix } from '../../shared/protocol/sparse-matrix.ts'
import { compareExpectation } from './compare-expectation.ts'
import type { Vector, VectorInputs } from './parse-vector.ts'

export interface StepResult {
  /** From 1. */
  readonly step: number
  /** Names of what was compared. */
  readonly compared: readonly string[]
  /** What differs; empty when the step passes. */
  readonly differences: readonly string[]
}

/** Decides every step exactly, bonds carried over, and compares all that it expects. */
export function replayVector({ n, inputs, steps }: Vector): StepResult[] {
  let current: VectorInputs = inputs
  let bonds: SparseMatrix = Array.from({ length: n }, () => [])
  return steps.map((step, i) => {
    current = { ...current, ...step.inputs }
    const outcome = decideExactly(toEpoch(n, current, bonds))
    bonds = outcome.bonds
    // The chain's own choice of permits holds from then on, where the file lets it choose.
    if (current.maxAllowedValidators !== undefined) current = { ...current, permit: [...outcome.permit] }
    return { step: i + 1, ...compare(outcome, step.expected) }
  })
}

function compare(outcome: ExactOutcome, expected: ReadonlyMap<string, unknown>): Omit<StepResult, 'step'> {
  return {
    compared: [...expected.keys()],
    differences: [...expected].flatMap(([field, value]) => compareExpectation(outcome, field, value)),
  }
}

/** What a file leaves out has no effect: everyone permitted, active, registered long ago and up to date. */
function toEpoch(n: number, inputs: VectorInputs, bonds: SparseMatrix): ExactEpoch {
  const each = <T>(value: T): T[] => Array.from({ length: n }, () => value)
  const block = inputs.currentBlock ?? 1n << 62n
  const lastUpdate = inputs.lastUpdate ?? each(block)
  const cutoff = inputs.activityCutoff
  return {
    stake: inputs.stake ?? each(0n),
    stakeThreshold: inputs.stakeThreshold ?? 0n,
    permit: inputs.permit ?? each(true),
    maxValidators: inputs.maxAllowedValidators ?? n,
    inactive:
      inputs.inactive ?? lastUpdate.map((updated) => cutoff !== undefined && updated + cutoff < block),
    lastUpdate,
    registeredAt: inputs.blockAtRegistration ?? each(0n),
    previousEpochBlock: inputs.tempo === undefined ? block : block - inputs.tempo,
    weights:
      inputs.weights?.map((row) => row.map(([uid, weight]) => [uid, weight * one] as const)) ?? each([]),
    bonds,
    kappa: inputs.kappa ?? fromRatio(32_767n, 65_535n),
    bondsPenalty: inputs.bondsPenalty ?? one,
    bondsMovingAverage: fromRatio(inputs.bondsMovingAverage ?? 900_000n, 1_000_000n),
    emission: inputs.emission ?? 1_000_000_000n,
  }
}
