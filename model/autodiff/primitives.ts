import type { Value } from '../graph/graph.ts'
import * as raw from '../graph/operations.ts'
import type { Dimension } from '../onnx/encode.ts'
import { record, type Scope } from './tape.ts'

/** Sums a gradient over the axes along which `shape` was broadcast. */
function unbroadcast(scope: Scope, gradient: Value, shape: readonly Dimension[]): Value {
  const extra = gradient.shape.length - shape.length
  const leading = Array.from({ length: extra }, (_, axis) => axis)
  const summed = leading.length === 0 ? gradient : raw.reduceSum(scope.graph, gradient, leading, false)
  const stretched = shape.flatMap((size, axis) => (size === 1 && summed.shape[axis] !== 1 ? [axis] : []))
  return stretched.length === 0 ? summed : raw.reduceSum(scope.graph, summed, stretched, true)
}

export function add(scope: Scope, a: Value, b: Value): Value {
  return record(scope, [a, b], raw.add(scope.graph, a, b), (gradient) => [
    unbroadcast(scope, gradient, a.shape),
    unbroadcast(scope, gradient, b.shape),
  ])
}

/** x times a constant of the policy or of the pass, which gets no gradient. */
export function scale(scope: Scope, x: Value, factor: Value): Value {
  return record(scope, [x], raw.multiply(scope.graph, x, factor), (gradient) => [
    unbroadcast(scope, raw.multiply(scope.graph, gradient, factor), x.shape),
  ])
}

/** x plus a constant of the pass, which gets no gradient. */
export function shift(scope: Scope, x: Value, offset: Value): Value {
  return record(scope, [x], raw.add(scope.graph, x, offset), (gradient) => [
    unbroadcast(scope, gradient, x.shape),
  ])
}

function swapLastAxes(scope: Scope, x: Value): Value {
  const rank = x.shape.length
  const order = x.shape.map((_, axis) => axis)
  order[rank - 1] = rank - 2
  order[rank - 2] = rank - 1
  return raw.transpose(scope.graph, x, order)
}

/** Batched [..., m, k] x [..., k, n] with equal leading axes: attention's two products. */
export function matmul(scope: Scope, a: Value, b: Value): Value {
  return record(scope, [a, b], raw.matmul(scope.graph, a, b), (gradient) => [
    raw.matmul(scope.graph, gradient, swapLastAxes(scope, b)),
    raw.matmul(scope.graph, swapLastAxes(scope, a), gradient),
  ])
}

/** x [..., i] times a weight [i, o]. The weight's gradient is one GEMM over all rows of x. */
export function linear(scope: Scope, x: Value, weight: Value): Value {
  const flatten = (value: Value): Value =>
    value.shape.length === 2
      ? value
      : raw.reshape(
          scope.graph,
          value,
          [-1, value.shape.at(-1) as number],
          ['rows', value.shape.at(-1) as Dimension],
        )
  return record(scope, [x, weight], raw.matmul(scope.graph, x, weight), (gradient) => [
    raw.matmul(scope.graph, gradient, swapLastAxes(scope, weight)),
    raw.matmulTransposed(scope.graph, flatten(x), flatten(gradient)),
  ])
}

export function transpose(scope: Scope, x: Value, order: readonly number[]): Value {
  const inverse = order.map((_, axis) => order.indexOf(axis))
  return record(scope, [x], raw.transpose(scope.graph, x, order), (gradient) => [
    raw.transpose(scope.graph, gradient, inverse),
  ])
}

/** `target` and `shape` as in the raw operation; `back` is the target that restores the shape of x. */
export function reshape(
  scope: Scope,
  x: Value,
  target: readonly number[],
  shape: readonly Dimension[],
  back: readonly number[],
): Value {
  return record(scope, [x], raw.reshape(scope.graph, x, target, shape), (gradient) => [
    raw.reshape(scope.graph, gradient, back, x.shape),
  ])
}

/** Softmax over the last axis. dx = p (g - sum(g p)). */
export function softmax(scope: Scope, x: Value): Value {
  const { graph } = scope
  const p = raw.softmax(graph, x)
  return record(scope, [x], p, (gradient) => {
    const weighted = raw.multiply(graph, gradient, p)
    const total = raw.reduceSum(graph, weighted, [x.shape.length - 1], true)
    return [raw.subtract(graph, weighted, raw.multiply(graph, p, total))]
  })
}
