/** Bytes that are made piece by piece when they are wanted, and may be dropped again. */
export interface LaterBytes {
  readonly length: number
  pieces(): Iterable<Uint8Array>
}

/**
 * A protobuf message under construction: chunks in order and their total length. Nesting appends the child's
 * chunks without copying them, so a model's weights are copied once, in `concatenate`.
 */
export interface Message {
  readonly chunks: (Uint8Array | LaterBytes)[]
  length: number
}

const utf8 = new TextEncoder()
const VARINT = 0
const LENGTH_DELIMITED = 2
const FIXED32 = 5

export function createMessage(): Message {
  return { chunks: [], length: 0 }
}

function append(message: Message, chunk: Uint8Array | LaterBytes): void {
  message.chunks.push(chunk)
  message.length += chunk.length
}

/** Base-128 varint of a signed 64-bit integer; negative numbers take ten bytes, as protobuf's int64 does. */
export function encodeVarint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value))
  const bytes: number[] = []
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}

export function writeInteger(message: Message, field: number, value: number | bigint): void {
  append(message, encodeVarint((field << 3) | VARINT))
  append(message, encodeVarint(value))
}

export function writeFloat(message: Message, field: number, value: number): void {
  append(message, encodeVarint((field << 3) | FIXED32))
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  append(message, bytes)
}

export function writeBytes(message: Message, field: number, bytes: Uint8Array | LaterBytes): void {
  append(message, encodeVarint((field << 3) | LENGTH_DELIMITED))
  append(message, encodeVarint(bytes.length))
  append(message, bytes)
}

export function writeString(message: Message, field: number, text: string): void {
  writeBytes(message, field, utf8.encode(text))
}

export function writeMessage(message: Message, field: number, child: Message): void {
  append(message, encodeVarint((field << 3) | LENGTH_DELIMITED))
  append(message, encodeVarint(child.length))
  for (const chunk of child.chunks) append(message, chunk)
}

/** The message's bytes, piece by piece. */
export function* chunksOf(message: Message): Generator<Uint8Array> {
  for (const chunk of message.chunks) {
    if (chunk instanceof Uint8Array) yield chunk
    else yield* chunk.pieces()
  }
}

export function concatenate(message: Message): Uint8Array {
  const bytes = new Uint8Array(message.length)
  let offset = 0
  for (const chunk of chunksOf(message)) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}
