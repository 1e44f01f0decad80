import type { WeightTensors } from '../architecture/inference-graphs.ts'

/** Rounds every weight to IEEE half precision. */
export function roundToHalf(weights: WeightTensors): WeightTensors {
  return mapRows(weights, (row) => row.map(nearestHalf))
}

/** 11 significant bits by Veltkamp's splitting; below the least normal half, multiples of 2^-24. */
function nearestHalf(value: number): number {
  if (Math.abs(value) < 2 ** -14) return Math.round(value * 2 ** 24) / 2 ** 24
  const carried = value * (2 ** 42 + 1)
  return carried - (carried - value)
}

/**
 * Symmetric integers of `bits` bits with one scale per block of a row's inputs, as quantised engines store matrices.
 * Vectors (norms) stay as they are.
 * @param block inputs that share a scale; the whole row when not given
 */
export function quantise(weights: WeightTensors, bits: 4 | 8, block?: number): WeightTensors {
  const most = bits === 8 ? 127 : 7
  return mapRows(weights, (row, isMatrix) => {
    if (!isMatrix) return row
    const rounded = new Float32Array(row.length)
    const size = block ?? row.length
    for (let from = 0; from < row.length; from += size) {
      const part = row.subarray(from, from + size)
      const largest = part.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      const scale = largest / most
      if (scale > 0)
        rounded.set(
          part.map((value) => Math.round(value / scale) * scale),
          from,
        )
    }
    return rounded
  })
}

function mapRows(
  weights: WeightTensors,
  change: (row: Float32Array, isMatrix: boolean) => Float32Array,
): WeightTensors {
  return new Map(
    [...weights].map(([name, { shape, data }]) => {
      const width = shape.at(-1) as number
      const changed = new Float32Array(data.length)
      for (let from = 0; from < data.length; from += width) {
        changed.set(change(data.subarray(from, from + width), shape.length > 1), from)
      }
      return [name, { shape, data: changed }]
    }),
  )
}

/**
 * Keys and values of every group of query heads repeated for each of them: the same function as plain multi-head
 * attention, one query row to a product.
 * @param group query heads that share a key and value head
 */
export function repeatKeyValueHeads(weights: WeightTensors, group: number, headWidth: number): WeightTensors {
  return new Map(
    [...weights].map(([name, tensor]) => {
      if (!/\.[kv]_proj\.(weight|bias)$/.test(name)) return [name, tensor]
      const [rows, ...rest] = tensor.shape
      const block = tensor.data.length / (rows / headWidth)
      const data = new Float32Array(tensor.data.length * group)
      for (let head = 0; head < rows / headWidth; head++) {
        const from = tensor.data.subarray(head * block, (head + 1) * block)
        for (let copy = 0; copy < group; copy++) data.set(from, (head * group + copy) * block)
      }
      return [name, { shape: [rows * group, ...rest], data }]
    }),
  )
}
