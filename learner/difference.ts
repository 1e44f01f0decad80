import type { WeightTensors } from '../model/architecture/inference-graphs.ts'

/** How far two children of one parent lie apart. */
export interface Difference {
  /** Largest difference of one weight, and the tensor that holds it. */
  readonly largest: number
  readonly tensor: string
  /** Root mean square of the difference over that of the update: 0 for equal weights. */
  readonly share: number
}

export function differenceOf(
  parent: WeightTensors,
  published: WeightTensors,
  recomputed: WeightTensors,
): Difference {
  let largest = 0
  let tensor = ''
  let apart = 0
  let moved = 0
  for (const [name, { data }] of recomputed) {
    const before = parent.get(name)?.data
    const given = published.get(name)?.data
    if (before?.length !== data.length || given?.length !== data.length) {
      return { largest: Number.POSITIVE_INFINITY, tensor: name, share: Number.POSITIVE_INFINITY }
    }
    for (let i = 0; i < data.length; i++) {
      const difference = Math.abs(given[i] - data[i])
      apart += difference * difference
      moved += (data[i] - before[i]) * (data[i] - before[i])
      if (difference <= largest) continue
      largest = difference
      tensor = name
    }
  }
  const share = apart === 0 ? 0 : Math.sqrt(apart / moved)
  return { largest, tensor, share }
}
