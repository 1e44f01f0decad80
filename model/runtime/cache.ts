import type { ArchitectureConfig } from '../architecture/config.ts'
import type { EngineTensor } from '../engine/engine.ts'

/** Keys and values of every layer: [rows, keyValueHeads, capacity, headWidth] under the graph's input names. */
export interface Cache {
  readonly capacity: number
  readonly tensors: Readonly<Record<string, EngineTensor>>
}

function layerNames(config: ArchitectureConfig): string[] {
  return Array.from({ length: config.layers }, (_, layer) => [`keys.${layer}`, `values.${layer}`]).flat()
}

export function grownNames(config: ArchitectureConfig): string[] {
  return layerNames(config).map((name) => `grown_${name}`)
}

/** To write the grown cache where this one lies: only new positions change. */
export function overCache(
  config: ArchitectureConfig,
  { tensors }: Cache,
): Readonly<Record<string, EngineTensor>> {
  return Object.fromEntries(layerNames(config).map((name) => [`grown_${name}`, tensors[name]]))
}

/** The cache that a run of the decode graph gave back. */
export function readCache(
  config: ArchitectureConfig,
  capacity: number,
  results: Readonly<Record<string, EngineTensor>>,
): Cache {
  const entries = layerNames(config).map((name) => [name, results[`grown_${name}`]] as const)
  return { capacity, tensors: Object.fromEntries(entries) }
}

/** Zeros: what is masked must still be finite. */
export function emptyCache(config: ArchitectureConfig, rows: number, capacity: number): Cache {
  const shape = [rows, config.keyValueHeads, capacity, config.headWidth]
  const size = rows * config.keyValueHeads * capacity * config.headWidth
  const entries = layerNames(config).map((name) => [name, { data: new Float32Array(size), shape }] as const)
  return { capacity, tensors: Object.fromEntries(entries) }
}

/** The rows `kept` of a cache, in that order, with room for `capacity` positions. */
export function rearrangeCache(
  config: ArchitectureConfig,
  cache: Cache,
  kept: readonly number[],
  capacity: number,
): Cache {
  const { keyValueHeads, headWidth } = config
  const target = emptyCache(config, kept.length, capacity)
  const block = Math.min(cache.capacity, capacity) * headWidth
  for (const [name, { data }] of Object.entries(cache.tensors)) {
    const from = data as Float32Array
    const to = target.tensors[name]?.data as Float32Array
    kept.forEach((row, index) => {
      for (let head = 0; head < keyValueHeads; head++) {
        const source = (row * keyValueHeads + head) * cache.capacity * headWidth
        const start = (index * keyValueHeads + head) * capacity * headWidth
        to.set(from.subarray(source, source + block), start)
      }
    })
  }
  return target
}
