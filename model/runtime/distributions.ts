import type { Distribution } from '../../shared/protocol/distribution.ts'
import type { EngineTensor } from '../engine/engine.ts'

export const DISTRIBUTION_OUTPUTS = ['logits', 'probabilities', 'log_probabilities'] as const

/** Row `index` of the three [n, V] outputs, as views. */
export function distributionAt(
  results: Readonly<Record<string, EngineTensor>>,
  index: number,
  vocabulary: number,
): Distribution {
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
