import type { ArchitectureConfig } from '../architecture/config.ts'
import { paddedLength } from '../padding.ts'
import type { TrainingRow } from './micro-batch.ts'

/** float32 that one run of the train graph may hold for its backward pass: 2 GiB. */
const MOST_NUMBERS = 2 ** 29

/**
 * Consecutive rows for one run of the train graph each: `mostRows`, or as many as memory allows, and always at least
 * one. Where rows are cut follows from their lengths and from the policy's shape alone: gradients are added up micro-batch by
 * micro-batch, so the cut is a part of every step's definition, and another one gives other bits.
 */
export function cutMicroBatches(
  rows: readonly TrainingRow[],
  config: ArchitectureConfig,
  mostRows: number,
): TrainingRow[][] {
  const batches: TrainingRow[][] = []
  let longest = 0
  for (const row of rows) {
    const length = paddedLength(row.prompt.length + row.completion.length)
    longest = Math.max(longest, length)
    const batch = batches.at(-1)
    const fits =
      batch && batch.length < mostRows && (batch.length + 1) * numbersOf(config, longest) <= MOST_NUMBERS
    if (fits) {
      batch.push(row)
    } else {
      batches.push([row])
      longest = length
    }
  }
  return batches
}

/** About what a row of `length` tokens leaves behind in the layers, in attention and at the head. */
function numbersOf(
  { layers, width, feedForward, heads, vocabulary }: ArchitectureConfig,
  length: number,
): number {
  return length * (layers * (8 * width + 6 * feedForward + 3 * heads * length) + 4 * vocabulary)
}
