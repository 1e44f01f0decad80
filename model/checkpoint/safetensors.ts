import { SubnetError } from '../../shared/errors.ts'
import { sizeOf } from '../architecture/parameters.ts'

export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** The format's own limit on a header (huggingface/safetensors). */
const MAX_HEADER_BYTES = 100_000_000
const LENGTH_BYTES = 8
const MAX_AXES = 8

/**
 * Tensors as safetensors: 8 bytes little-endian header length, JSON header, then little-endian data in the order
 * of the map. The header is padded with spaces so that the data is aligned to 8 bytes.
 * @param metadata strings by name, as the format allows them beside the tensors
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const pieces = [...encodeSafetensorsInPieces(tensors, metadata)]
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** What `encodeSafetensors` gives: the header, then every tensor's own memory. */
export function* encodeSafetensorsInPieces(
  tensors: ReadonlyMap<string, Tensor>,
  metadata?: Readonly<Record<string, string>>,
): Generator<Uint8Array> {
  const header: Record<string, unknown> = metadata === undefined ? {} : { __metadata__: metadata }
  let offset = 0
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] }
    offset += data.byteLength
  }
  const text = JSON.stringify(header)
  const json = new TextEncoder().encode(text.padEnd(text.length + ((8 - (text.length % 8)) % 8)))
  const start = new Uint8Array(LENGTH_BYTES + json.length)
  new DataView(start.buffer).setBigUint64(0, BigInt(json.length), true)
  start.set(json, LENGTH_BYTES)
  yield start
  for (const { data } of tensors.values()) {
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  }
}

/** Where a tensor lies, in bytes behind the header. */
export interface TensorEntry {
  readonly name: string
  readonly shape: readonly number[]
  readonly from: number
  readonly to: number
}

/**
 * Reads float32 safetensors written by anyone: lengths, offsets, shapes and every number are checked, and data
 * must be covered exactly once without gaps, as the format demands.
 * @throws SubnetError SAFETENSORS_INVALID naming the tensor and the reason
 */
export function decodeSafetensors(bytes: Uint8Array): Map<string, Tensor> {
  const { header, dataStart } = readHeader(bytes)
  const tensors = new Map<string, Tensor>()
  for (const { name, shape, from, to } of listEntries(header, bytes.length - dataStart)) {
    const data = new Float32Array((to - from) / 4)
    new Uint8Array(data.buffer).set(bytes.subarray(dataStart + from, dataStart + to))
    requireFinite(name, data)
    tensors.set(name, { shape, data })
  }
  return tensors
}

/**
 * The tensors of a file in the order of their data.
 * @param first the file's beginning, its whole header included
 * @param fileBytes length of the whole file
 * @throws SubnetError SAFETENSORS_INVALID
 */
export function readLayout(first: Uint8Array, fileBytes: number): readonly TensorEntry[] {
  const { header, dataStart } = readHeader(first)
  return listEntries(header, fileBytes - dataStart)
}

/** Length of the header with the eight bytes that name it. @throws SubnetError SAFETENSORS_INVALID */
export function headerBytes(first: Uint8Array, fileBytes: number): number {
  if (first.length < LENGTH_BYTES) throw invalid(`${first.length} bytes are too few for a header`)
  const declared = new DataView(first.buffer, first.byteOffset).getBigUint64(0, true)
  if (declared > BigInt(MAX_HEADER_BYTES) || declared > BigInt(fileBytes - LENGTH_BYTES)) {
    throw invalid(`the header claims ${declared} bytes in a file of ${fileBytes}`)
  }
  return LENGTH_BYTES + Number(declared)
}

/** @throws SubnetError SAFETENSORS_INVALID */
export function requireFinite(name: string, data: Float32Array): void {
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) throw invalid(`tensor ${name} holds ${data[i]} at element ${i}`)
  }
}

function listEntries(header: Record<string, unknown>, dataBytes: number): TensorEntry[] {
  const named = Object.entries(header).filter(([name]) => name !== '__metadata__')
  const entries = named.map(([name, entry]) => ({ name, ...readEntry(name, entry) }))
  // An empty tensor shares its offset with the one behind it.
  entries.sort((a, b) => a.from - b.from || a.to - b.to)
  let covered = 0
  for (const { name, from, to } of entries) {
    if (from !== covered) throw invalid(`tensor ${name} starts at byte ${from}, expected ${covered}`)
    if (to > dataBytes) throw invalid(`tensor ${name} ends beyond the file`)
    covered = to
  }
  if (covered !== dataBytes) throw invalid(`${dataBytes} bytes of data, the header describes ${covered}`)
  return entries
}

/** @throws SubnetError SAFETENSORS_INVALID */
export function readSafetensorsMetadata(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const { __metadata__: metadata = {} } = readHeader(bytes).header
  if (!isRecord(metadata)) throw invalid('the metadata is not an object')
  return metadata
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  const dataStart = headerBytes(bytes, bytes.length)
  let header: unknown
  try {
    header = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, dataStart)),
    )
  } catch (cause) {
    throw invalid('the header is not JSON', cause)
  }
  if (!isRecord(header)) throw invalid('the header is not an object')
  return { header, dataStart }
}

function readEntry(name: string, entry: unknown): { shape: number[]; from: number; to: number } {
  if (!isRecord(entry)) throw invalid(`the entry of ${name} is not an object`)
  if (entry.dtype !== 'F32') throw invalid(`tensor ${name} is ${JSON.stringify(entry.dtype)}, expected "F32"`)
  const { shape, data_offsets: offsets } = entry
  if (!isCounts(shape) || shape.length > MAX_AXES) throw invalid(`tensor ${name} has no valid shape`)
  if (!isCounts(offsets) || offsets.length !== 2) throw invalid(`tensor ${name} has no valid data_offsets`)
  const [from, to] = offsets as [number, number]
  const expected = 4 * sizeOf(shape)
  if (to - from !== expected)
    throw invalid(`tensor ${name} spans ${to - from} bytes, its shape needs ${expected}`)
  return { shape, from, to }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0)
}

function invalid(reason: string, cause?: unknown): SubnetError {
  return new SubnetError(
    'SAFETENSORS_INVALID',
    `The safetensors file cannot be used: ${reason}. Fetch the checkpoint again.`,
    cause === undefined ? { details: { reason } } : { details: { reason }, cause },
  )
}
