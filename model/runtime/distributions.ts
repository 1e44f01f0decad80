import type { Distribution } from '../../shared/protocol/distribution.ts'
import type { ArchitectureConfig } from '../architecture/config.ts'
import type { EngineTensor } from '../engine/engine.ts'

/** What a run gave, by output. */
export type Results = Readonly<Record<string, EngineTensor>>
/** Memory for the distributions of that many rows. */
export type Scratch = (rows: number) => Results

export const DISTRIBUTION_OUTPUTS = ['logits', 'probabilities', 'log_probabilities'] as const

/** Row `index` of the three [n, V] outputs, as views. */
export function distributionAt(results: Results, index: number, vocabulary: number): Distribution {
  const row = (name: (typeof DISTRIBUTION_OUTPUTS)[number]): Float32Array => {
    const { data } = results[name]
    return (data as Float32Array).subarray(index * vocabulary, (index + 1) * vocabulary)
  }
  return {
    logits: row('logits'),
    probabilities: row('probabilities'),
    logProbabilities: row('log_probabilities'),
  }
}

/** The same memory for every step of a batch: distributions are read before the next step. */
export function distributionScratch({ vocabulary }: ArchitectureConfig, mostRows: number): Scratch {
  const memory = DISTRIBUTION_OUTPUTS.map((name) => [name, new Float32Array(mostRows * vocabulary)] as const)
  return (rows) =>
    Object.fromEntries(
      memory.map(([name, data]) => [
        name,
        { data: data.subarray(0, rows * vocabulary), shape: [rows, vocabulary] },
      ]),
    )
}
