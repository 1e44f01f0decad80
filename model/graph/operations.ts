import type { Dimension, ElementType } from '../onnx/encode.ts'
import { constant, emit, type Graph, type Value } from './graph.ts'

/** One function per ONNX operator used: it checks and infers shapes and emits the node, nothing more. */

export function scalar(graph: Graph, number: number): Value {
  return constant(graph, graph.realType, [], [number])
}

export function integers(graph: Graph, numbers: readonly number[]): Value {
  return constant(graph, 'int64', [numbers.length], numbers)
}

export function index(graph: Graph, number: number): Value {
  return constant(graph, 'int64', [], [number])
}

/** NumPy broadcasting; symbolic lengths must be equal by name or meet a 1. */
function broadcastShapes(a: readonly Dimension[], b: readonly Dimension[]): Dimension[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    if (left !== right && left !== 1 && right !== 1) {
      throw new TypeError(`shapes [${a}] and [${b}] do not broadcast`)
    }
    return left === 1 ? right : left
  })
}

function binary(operator: string) {
  return (graph: Graph, a: Value, b: Value): Value =>
    emit(graph, operator, [a, b], broadcastShapes(a.shape, b.shape))
}

function unary(operator: string) {
  return (graph: Graph, x: Value): Value => emit(graph, operator, [x], x.shape)
}

export const add = binary('Add')
export const subtract = binary('Sub')
export const multiply = binary('Mul')
export const divide = binary('Div')
export const minimum = binary('Min')
export const maximum = binary('Max')
export const negate = unary('Neg')
export const squareRoot = unary('Sqrt')
export const reciprocal = unary('Reciprocal')
export const exponential = unary('Exp')
export const sigmoid = unary('Sigmoid')

function comparison(operator: string) {
  return (graph: Graph, a: Value, b: Value): Value =>
    emit(graph, operator, [a, b], broadcastShapes(a.shape, b.shape), {}, 'bool')
}

export const lessOrEqual = comparison('LessOrEqual')
export const equal = comparison('Equal')

export function where(graph: Graph, condition: Value, a: Value, b: Value): Value {
  const shape = broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape))
  return emit(graph, 'Where', [condition, a, b], shape, {}, a.type)
}

const CAST_CODE: Record<ElementType, number> = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 }

export function cast(graph: Graph, x: Value, type: ElementType): Value {
  return x.type === type ? x : emit(graph, 'Cast', [x], x.shape, { to: CAST_CODE[type] }, type)
}

export function softmax(graph: Graph, x: Value): Value {
  return emit(graph, 'Softmax', [x], x.shape, { axis: -1 })
}

export function logSoftmax(graph: Graph, x: Value): Value {
  return emit(graph, 'LogSoftmax', [x], x.shape, { axis: -1 })
}

/** [..., m, k] x [..., k, n] or [..., m, k] x [k, n]. */
export function matmul(graph: Graph, a: Value, b: Value): Value {
  const inner = a.shape.at(-1)
  if (inner !== b.shape.at(-2)) throw new TypeError(`matmul of [${a.shape}] and [${b.shape}]`)
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2))
  return emit(graph, 'MatMul', [a, b], [...batch, a.shape.at(-2) as Dimension, b.shape.at(-1) as Dimension])
}

/** aᵀ b for a [n, i] and b [n, j]: the shape of every weight gradient. */
export function matmulTransposed(graph: Graph, a: Value, b: Value): Value {
  return emit(graph, 'Gemm', [a, b], [a.shape[1], b.shape[1]], { transA: 1 })
}

export function transpose(graph: Graph, x: Value, order: readonly number[]): Value {
  return emit(
    graph,
    'Transpose',
    [x],
    order.map((axis) => x.shape[axis]),
    { perm: order },
  )
}

/**
 * `target` in ONNX's terms: 0 copies the length of the input's same axis, -1 is inferred. `shape` is what the
 * result is, symbolic lengths included.
 */
export function reshape(
  graph: Graph,
  x: Value,
  target: readonly number[],
  shape: readonly Dimension[],
): Value {
  return emit(graph, 'Reshape', [x, integers(graph, target)], shape)
}

/** The shape of a value while the graph runs, int64. */
function shapeOf(graph: Graph, x: Value): Value {
  return emit(graph, 'Shape', [x], [x.shape.length], {}, 'int64')
}

export function reshapeLike(graph: Graph, x: Value, like: Value): Value {
  return emit(graph, 'Reshape', [x, shapeOf(graph, like)], like.shape)
}

export function unsqueeze(graph: Graph, x: Value, axis: number): Value {
  const shape = [...x.shape]
  shape.splice(axis, 0, 1)
  return emit(graph, 'Unsqueeze', [x, integers(graph, [axis])], shape)
}

export function concatenate(graph: Graph, values: readonly Value[], axis: number, length: Dimension): Value {
  const first = values[0]
  const shape = first.shape.map((size, index) => (index === axis ? length : size))
  return emit(graph, 'Concat', values, shape, { axis })
}

/** Elements `from` … `to` - 1 along `axis`. */
export function slice(graph: Graph, x: Value, axis: number, from: number, to: number): Value {
  const shape = x.shape.map((size, index) => (index === axis ? to - from : size))
  return emit(graph, 'Slice', [x, ...[from, to, axis].map((bound) => integers(graph, [bound]))], shape)
}

export function gather(graph: Graph, x: Value, indices: Value, axis = 0): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)]
  return emit(graph, 'Gather', [x, indices], shape, { axis })
}

export function gatherElements(graph: Graph, x: Value, indices: Value): Value {
  return emit(graph, 'GatherElements', [x, indices], indices.shape, { axis: -1 })
}

/** Writes `updates` [n, d] to the rows `indices` [n] of zeros shaped like `like`. Rows must be distinct. */
export function scatterRows(graph: Graph, like: Value, indices: Value, updates: Value): Value {
  const zeros = emit(graph, 'Expand', [scalar(graph, 0), shapeOf(graph, like)], like.shape)
  const targets = unsqueeze(graph, cast(graph, indices, 'int64'), 1)
  return emit(graph, 'ScatterND', [zeros, targets, updates], like.shape)
}

function reduction(operator: string) {
  return (graph: Graph, x: Value, axes: readonly number[], keep: boolean): Value => {
    const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    const kept = keep ? shape : shape.filter((_, axis) => !axes.includes(axis))
    return emit(graph, operator, [x, integers(graph, axes)], kept, { keepdims: keep ? 1 : 0 })
  }
}

export const reduceSum = reduction('ReduceSum')
export const reduceMean = reduction('ReduceMean')

/** The length of one axis of `x` as an int64 scalar. */
export function lengthOf(graph: Graph, x: Value, axis: number): Value {
  const shape = emit(graph, 'Shape', [x], [1], { start: axis, end: axis + 1 }, 'int64')
  return emit(graph, 'Squeeze', [shape], [])
}

/** 0 … length - 1, int64. */
export function range(graph: Graph, length: Value, dimension: Dimension): Value {
  return emit(graph, 'Range', [index(graph, 0), length, index(graph, 1)], [dimension])
}

/** Inserts `update` [b, h, s, d] into `cache` [b, h, c, d] from position `start` [b] on. */
export function scatterSequence(graph: Graph, cache: Value, update: Value, start: Value): Value {
  return emit(graph, 'TensorScatter', [cache, update, start], cache.shape, { axis: -2 })
}
