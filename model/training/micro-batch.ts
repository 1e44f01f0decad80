import { SubnetError } from '../../shared/errors.ts'
import type { Loss } from '../architecture/train-graph.ts'
import type { EngineTensor } from '../engine/engine.ts'
import { paddedLength } from '../padding.ts'

export interface TrainingRow {
  readonly prompt: readonly number[]
  /** Ends with the end token where the rollout ended by itself. Only these tokens count. */
  readonly completion: readonly number[]
  /** The clipped surrogate's: one advantage a row, one log-probability a completion token. */
  readonly advantage?: number
  readonly oldLogProbabilities?: readonly number[]
}

export function countTokens(rows: readonly TrainingRow[]): number {
  return rows.reduce((sum, row) => sum + row.completion.length, 0)
}

/**
 * The train graph's inputs for up to a micro-batch of rows, right padded. Every completion token weighs
 * 1 / `tokens`, where `tokens` counts the whole step: micro-batches then add up to the token mean.
 * @throws SubnetError POLICY_SEQUENCE_TOO_LONG
 */
export function packMicroBatch(
  rows: readonly TrainingRow[],
  context: number,
  tokens: number,
  loss: Loss,
): Record<string, EngineTensor> {
  const longest = Math.max(...rows.map((row) => row.prompt.length + row.completion.length))
  if (longest > context) {
    throw new SubnetError(
      'POLICY_SEQUENCE_TOO_LONG',
      `A training row has ${longest} tokens; the policy's context is ${context}. Leave the row out.`,
      { details: { longest, context } },
    )
  }
  const length = paddedLength(longest)
  const count = countTokens(rows)
  const ids = new Int32Array(rows.length * length)
  const positions = new Int32Array(count)
  const targets = new Int32Array(count)
  const advantages = new Float32Array(count)
  const old = new Float32Array(count)
  let at = 0
  rows.forEach((row, r) => {
    ids.set([...row.prompt, ...row.completion], r * length)
    row.completion.forEach((token, step) => {
      positions[at] = r * length + row.prompt.length + step - 1
      targets[at] = token
      advantages[at] = row.advantage ?? 0
      old[at] = row.oldLogProbabilities?.[step] ?? 0
      at++
    })
  })
  const shape = [count]
  const packed: Record<string, EngineTensor> = {
    tokens: { data: ids, shape: [rows.length, length] },
    rows: { data: positions, shape },
    targets: { data: targets, shape },
    weights: { data: new Float32Array(count).fill(1 / tokens), shape },
  }
  if (loss.kind === 'cross-entropy') return packed
  return {
    ...packed,
    advantages: { data: advantages, shape },
    old_log_probabilities: { data: old, shape },
  }
}
