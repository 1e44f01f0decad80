import {
  type Attribute,
  type Dimension,
  type ElementType,
  encodeModel,
  type OnnxInitializer,
  type OnnxNode,
  type OnnxValueInfo,
} from '../onnx/encode.ts'
import { chunksOf, concatenate, type LaterBytes, type Message } from '../onnx/protobuf.ts'

/** A tensor inside a graph: its name and type, and its shape as far as it is known before the graph runs. */
export interface Value {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly Dimension[]
}

/** The type of all real numbers of a graph; float64 exists for tight finite-difference tests. */
export type RealType = 'float32' | 'float64'

/** A list of nodes in the order in which they were emitted, which is a topological order. */
export interface Graph {
  readonly name: string
  readonly realType: RealType
  readonly nodes: OnnxNode[]
  readonly initializers: OnnxInitializer[]
  readonly inputs: OnnxValueInfo[]
  readonly outputs: OnnxValueInfo[]
  /** Public names of outputs by the names under which nodes give them. */
  readonly published: Map<string, string>
  /** Constants already present, by content, so that equal ones are stored once. */
  readonly constants: Map<string, Value>
}

export function createGraph(name: string, realType: RealType = 'float32'): Graph {
  return {
    name,
    realType,
    nodes: [],
    initializers: [],
    inputs: [],
    outputs: [],
    published: new Map(),
    constants: new Map(),
  }
}

export function addInput(graph: Graph, name: string, type: ElementType, shape: readonly Dimension[]): Value {
  const value = { name, type, shape }
  graph.inputs.push(value)
  return value
}

/**
 * Gives the value of a node the public name `name`. The node is renamed when the graph is encoded: an Identity
 * node would copy the value, which for caches is a seventh of a decoding step.
 */
export function addOutput(graph: Graph, name: string, value: Value): void {
  graph.published.set(value.name, name)
  graph.outputs.push({ name, type: value.type, shape: value.shape })
}

/** Appends a node with one output and returns that output. */
export function emit(
  graph: Graph,
  operator: string,
  inputs: readonly Value[],
  shape: readonly Dimension[],
  attributes: Readonly<Record<string, Attribute>> = {},
  type: ElementType = inputs[0]?.type ?? graph.realType,
): Value {
  const name = `${operator}.${graph.nodes.length}`
  graph.nodes.push({ operator, inputs: inputs.map((input) => input.name), outputs: [name], attributes })
  return { name, type, shape }
}

const ARRAY_OF: Record<ElementType, (numbers: ArrayLike<number>) => ArrayBufferView> = {
  float32: (numbers) => Float32Array.from(numbers),
  float64: (numbers) => Float64Array.from(numbers),
  int32: (numbers) => Int32Array.from(numbers),
  int64: (numbers) => BigInt64Array.from(Array.from(numbers, (number) => BigInt(number))),
  bool: (numbers) => Uint8Array.from(numbers),
}

export function addInitializer(
  graph: Graph,
  name: string,
  type: ElementType,
  shape: readonly number[],
  numbers: ArrayLike<number>,
): Value {
  const array = type === 'float32' && numbers instanceof Float32Array ? numbers : ARRAY_OF[type](numbers)
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  graph.initializers.push({ name, type, shape, bytes })
  return { name, type, shape }
}

/** A small constant; equal constants share one initializer. */
export function constant(
  graph: Graph,
  type: ElementType,
  shape: readonly number[],
  numbers: readonly number[],
): Value {
  const key = `${type}[${shape.join(',')}](${numbers.join(',')})`
  const known = graph.constants.get(key)
  if (known !== undefined) return known
  const value = addInitializer(graph, `constant.${graph.constants.size}`, type, shape, numbers)
  graph.constants.set(key, value)
  return value
}

/** An initialiser whose numbers are made when the graph is encoded, so that they need not all be there at once. */
export function addLaterInitializer(
  graph: Graph,
  name: string,
  shape: readonly number[],
  bytes: LaterBytes,
): Value {
  graph.initializers.push({ name, type: 'float32', shape, bytes })
  return { name, type: 'float32', shape }
}

export function encodeGraph(graph: Graph): Uint8Array {
  return concatenate(toMessage(graph))
}

/** What `encodeGraph` gives, piece by piece. */
export function encodeGraphInPieces(graph: Graph): Iterable<Uint8Array> {
  return chunksOf(toMessage(graph))
}

function toMessage(graph: Graph): Message {
  const rename = (name: string): string => graph.published.get(name) ?? name
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }))
  return encodeModel({ ...graph, nodes })
}
