import { createHash } from 'node:crypto'
import type { ArchitectureConfig } from './config.ts'
import type { WeightTensors } from './inference-graphs.ts'
import { EMBEDDING, HEAD, listParameters, type ParameterSpec } from './parameters.ts'

/**
 * Low-rank training with one half frozen (LoRA-FA, Zhang et al. 2023): the matrices W [out, in] of the layers move by
 * B A only, and all else stays. A [rank, in] holds plus or minus 1 / rank by the matrix's name alone, so that nobody
 * has to send it; B [out, rank] is learnt, from zero. A step moves no weight by more than its learning rate.
 */
const ADAPTER = 'adapter.'

export const largestRank = 64

/** Every B, in the order in which gradients and optimiser state are kept. None of them decays. */
function listAdapters(config: ArchitectureConfig, rank: number): ParameterSpec[] {
  return listParameters(config)
    .filter(({ name, kind }) => kind === 'matrix' && name !== EMBEDDING && name !== HEAD)
    .map(({ name, shape }) => ({ name: ADAPTER + name, shape: [shape[0], rank], kind: 'bias' }))
}

/** What training moves: everything, or adapters of a rank. */
export function listTrained(config: ArchitectureConfig, rank: number | null): ParameterSpec[] {
  return rank === null ? listParameters(config) : listAdapters(config, rank)
}

export function adapterOf(name: string): string {
  return ADAPTER + name
}

/** A of the matrix `name`, [rank, input]: the bits of sha256 in counter mode as signs, the highest bit first. */
export function projectionOf(name: string, rank: number, input: number): Float32Array {
  const projection = new Float32Array(rank * input)
  let digest = Buffer.alloc(0)
  for (let i = 0; i < projection.length; i++) {
    const bit = i % 256
    if (bit === 0) {
      digest = createHash('sha256')
        .update(`low-rank projection/${name}/${rank}/${i / 256}`)
        .digest()
    }
    const isSet = (digest[bit >> 3] >> (7 - (bit % 8))) & 1
    projection[i] = (isSet ? 1 : -1) / rank
  }
  return projection
}

/** The weights with every B A added. Tensors without an adapter are the same memory. */
export function mergeAdapters(weights: WeightTensors, adapters: WeightTensors): WeightTensors {
  return new Map(
    [...weights].map(([name, tensor]) => {
      const adapter = adapters.get(adapterOf(name))
      if (adapter === undefined) return [name, tensor]
      const data = tensor.data.slice()
      addAdapter(name, data, tensor.shape, adapter)
      return [name, { shape: tensor.shape, data }]
    }),
  )
}

/**
 * Adds B A to a matrix in place, each weight rounded once.
 * @param adapter B, [out, rank]
 */
export function addAdapter(
  name: string,
  matrix: Float32Array,
  shape: readonly number[],
  adapter: { readonly shape: readonly number[]; readonly data: Float32Array },
): void {
  const [output, input] = shape
  const rank = adapter.shape[1]
  const projection = projectionOf(name, rank, input)
  for (let row = 0; row < output; row++) {
    for (let column = 0; column < input; column++) {
      let sum = 0
      for (let k = 0; k < rank; k++) sum += adapter.data[row * rank + k] * projection[k * input + column]
      matrix[row * input + column] += sum
    }
  }
}
