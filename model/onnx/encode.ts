import {
  createMessage,
  type LaterBytes,
  type Message,
  writeBytes,
  writeFloat,
  writeInteger,
  writeMessage,
  writeString,
} from './protobuf.ts'

export type ElementType = 'float32' | 'float64' | 'int32' | 'int64' | 'bool'
/** A number, or the name of a length that is known only when the graph runs. */
export type Dimension = number | string
/** Integers go out as INT or INTS; `{ float }` as FLOAT; text as STRING. */
export type Attribute = number | readonly number[] | string | { readonly float: number }

export interface OnnxNode {
  readonly operator: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

export interface OnnxValueInfo {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly Dimension[]
}

export interface OnnxInitializer {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly number[]
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array | LaterBytes | OutsideBytes
}

/** Bytes of a file beside the model's own. */
export interface OutsideBytes {
  readonly file: string
  readonly offset: number
  readonly length: number
}

export interface OnnxGraph {
  readonly name: string
  readonly nodes: readonly OnnxNode[]
  readonly initializers: readonly OnnxInitializer[]
  readonly inputs: readonly OnnxValueInfo[]
  readonly outputs: readonly OnnxValueInfo[]
}

/** TensorScatter and RMSNormalization need 24 and 23. */
const OPERATOR_SET = 24
const IR_VERSION = 10
const ELEMENT_CODE: Record<ElementType, number> = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 }
const OUTSIDE = 1
const ATTRIBUTE_CODE = { float: 1, integer: 2, string: 3, integers: 7 }

/** Field numbers are those of onnx.proto3 (ONNX 1.19). */
export function encodeModel(graph: OnnxGraph): Message {
  const operatorSet = createMessage()
  writeString(operatorSet, 1, '')
  writeInteger(operatorSet, 2, OPERATOR_SET)
  const model = createMessage()
  writeInteger(model, 1, IR_VERSION)
  writeString(model, 2, 'rollproof')
  writeMessage(model, 7, encodeGraph(graph))
  writeMessage(model, 8, operatorSet)
  return model
}

function encodeGraph(graph: OnnxGraph): Message {
  const message = createMessage()
  for (const node of graph.nodes) writeMessage(message, 1, encodeNode(node))
  writeString(message, 2, graph.name)
  for (const initializer of graph.initializers) writeMessage(message, 5, encodeInitializer(initializer))
  for (const input of graph.inputs) writeMessage(message, 11, encodeValueInfo(input))
  for (const output of graph.outputs) writeMessage(message, 12, encodeValueInfo(output))
  return message
}

function encodeNode(node: OnnxNode): Message {
  const message = createMessage()
  for (const input of node.inputs) writeString(message, 1, input)
  for (const output of node.outputs) writeString(message, 2, output)
  writeString(message, 4, node.operator)
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writeMessage(message, 5, encodeAttribute(name, attribute))
  }
  return message
}

function encodeAttribute(name: string, attribute: Attribute): Message {
  const message = createMessage()
  writeString(message, 1, name)
  if (typeof attribute === 'number') {
    writeInteger(message, 3, attribute)
    writeInteger(message, 20, ATTRIBUTE_CODE.integer)
  } else if (typeof attribute === 'string') {
    writeString(message, 4, attribute)
    writeInteger(message, 20, ATTRIBUTE_CODE.string)
  } else if ('float' in attribute) {
    writeFloat(message, 2, attribute.float)
    writeInteger(message, 20, ATTRIBUTE_CODE.float)
  } else {
    for (const item of attribute) writeInteger(message, 8, item)
    writeInteger(message, 20, ATTRIBUTE_CODE.integers)
  }
  return message
}

function encodeInitializer(initializer: OnnxInitializer): Message {
  const message = createMessage()
  for (const size of initializer.shape) writeInteger(message, 1, size)
  writeInteger(message, 2, ELEMENT_CODE[initializer.type])
  writeString(message, 8, initializer.name)
  const { bytes } = initializer
  if (!('file' in bytes)) {
    writeBytes(message, 9, bytes)
    return message
  }
  const { file, offset, length } = bytes
  for (const [key, value] of Object.entries({ location: file, offset, length })) {
    const entry = createMessage()
    writeString(entry, 1, key)
    writeString(entry, 2, String(value))
    writeMessage(message, 13, entry)
  }
  writeInteger(message, 14, OUTSIDE)
  return message
}

function encodeValueInfo(value: OnnxValueInfo): Message {
  const shape = createMessage()
  for (const dimension of value.shape) {
    const encoded = createMessage()
    if (typeof dimension === 'number') writeInteger(encoded, 1, dimension)
    else writeString(encoded, 2, dimension)
    writeMessage(shape, 1, encoded)
  }
  const tensor = createMessage()
  writeInteger(tensor, 1, ELEMENT_CODE[value.type])
  writeMessage(tensor, 2, shape)
  const type = createMessage()
  writeMessage(type, 1, tensor)
  const message = createMessage()
  writeString(message, 1, value.name)
  writeMessage(message, 2, type)
  return message
}
