import type { Value } from '../graph/graph.ts'
import * as raw from '../graph/operations.ts'
import { oneHot } from './one-hot.ts'
import { record, type Scope } from './tape.ts'

/**
 * y = x / rms(x) * weight over the last axis (Zhang & Sennrich 2019).
 * With n = x / rms(x) and h = g * weight: dx = (h - n mean(h n)) / rms(x), dweight = sum of g n over all rows.
 */
export function rmsNorm(scope: Scope, x: Value, weight: Value, epsilon: number): Value {
  const { graph } = scope
  const last = x.shape.length - 1
  const square = raw.reduceMean(graph, raw.multiply(graph, x, x), [last], true)
  const inverse = raw.reciprocal(
    graph,
    raw.squareRoot(graph, raw.add(graph, square, raw.scalar(graph, epsilon))),
  )
  const normal = raw.multiply(graph, x, inverse)
  return record(scope, [x, weight], raw.multiply(graph, normal, weight), (gradient) => {
    const weighted = raw.multiply(graph, gradient, weight)
    const projection = raw.reduceMean(graph, raw.multiply(graph, weighted, normal), [last], true)
    const centred = raw.subtract(graph, weighted, raw.multiply(graph, normal, projection))
    const rows = Array.from({ length: last }, (_, axis) => axis)
    return [
      raw.multiply(graph, centred, inverse),
      raw.reduceSum(graph, raw.multiply(graph, gradient, normal), rows, false),
    ]
  })
}

/**
 * SwiGLU's elementwise half: silu(gate) * up with silu(z) = z s, s = sigmoid(z); dsilu = s (1 + z (1 - s)).
 */
export function swiglu(scope: Scope, gate: Value, up: Value): Value {
  const { graph } = scope
  const s = raw.sigmoid(graph, gate)
  const activated = raw.multiply(graph, gate, s)
  return record(scope, [gate, up], raw.multiply(graph, activated, up), (gradient) => {
    const one = raw.scalar(graph, 1)
    const complement = raw.subtract(graph, one, s)
    const slope = raw.multiply(graph, s, raw.add(graph, one, raw.multiply(graph, gate, complement)))
    return [
      raw.multiply(graph, raw.multiply(graph, gradient, up), slope),
      raw.multiply(graph, gradient, activated),
    ]
  })
}

/** [first half | second half] → [second half | first half] along the last axis. */
function swapHalves(scope: Scope, x: Value): Value {
  const { graph } = scope
  const axis = x.shape.length - 1
  const size = x.shape[axis] as number
  const first = raw.slice(graph, x, axis, 0, size / 2)
  const second = raw.slice(graph, x, axis, size / 2, size)
  return raw.concatenate(graph, [second, first], axis, size)
}

/**
 * Rotary position embedding in the half-split layout of Hugging Face's Llama: y = x cos + swap(x) sin, where
 * `sine` carries the minus sign of its first half. dx = g cos + swap(g sin).
 */
export function rotate(scope: Scope, x: Value, cosine: Value, sine: Value): Value {
  const { graph } = scope
  const turned = raw.multiply(graph, swapHalves(scope, x), sine)
  return record(scope, [x], raw.add(graph, raw.multiply(graph, x, cosine), turned), (gradient) => [
    raw.add(
      graph,
      raw.multiply(graph, gradient, cosine),
      swapHalves(scope, raw.multiply(graph, gradient, sine)),
    ),
  ])
}

/**
 * Rows of `table` [V, d] for `ids` [b, s]. The gradient is a product with one-hot rows: a scatter-add is a data
 * race in onnxruntime when it runs on two or more threads.
 */
export function embed(scope: Scope, table: Value, ids: Value): Value {
  const { graph } = scope
  return record(scope, [table], raw.gather(graph, table, ids), (gradient) => {
    const [size, width] = table.shape as [number, number]
    const flat = raw.reshape(graph, gradient, [-1, width], ['rows', width])
    const flatIds = raw.reshape(graph, ids, [-1], ['rows'])
    return [raw.matmulTransposed(graph, oneHot(scope, flatIds, size), flat)]
  })
}

/** Rows `rows` [n] of x [b, s, d] flattened to [b s, d]; rows must be distinct where a gradient is taken. */
export function selectRows(scope: Scope, x: Value, rows: Value): Value {
  const { graph } = scope
  const width = x.shape.at(-1) as number
  const flat = raw.reshape(graph, x, [-1, width], ['rows', width])
  return record(scope, [x], raw.gather(graph, flat, rows), (gradient) => {
    return [raw.reshapeLike(graph, raw.scatterRows(graph, flat, rows, gradient), x)]
  })
}
