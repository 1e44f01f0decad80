import type { FileHandle } from 'node:fs/promises'
import { z } from 'zod'
import { sizeOf } from '../architecture/parameters.ts'
import { importFailure } from './failure.ts'
import { readBytes, type StoredTensor } from './stored-tensor.ts'
import { type FloatType, isFloatType, storedBytes } from './weight-types.ts'

const LENGTH_BYTES = 8
/** The format's own limit on a header (huggingface/safetensors). */
const MAX_HEADER_BYTES = 100_000_000
const count = z.int().nonnegative()
const entryShape = z.object({
  dtype: z.string(),
  shape: z.array(count).max(8),
  data_offsets: z.tuple([count, count]),
})
const headerShape = z.record(z.string(), z.unknown())

/**
 * Reads what a safetensors file holds, without its data. As the format demands, the tensors must cover the data
 * exactly, so a file that was cut off is found here, before minutes of reading.
 * @throws SubnetError IMPORT_FILE_MALFORMED, IMPORT_TENSOR_INVALID
 */
export async function readSafetensorsHeader(
  path: string,
  file: FileHandle,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const malformed = (reason: string, cause?: unknown) =>
    importFailure(
      'IMPORT_FILE_MALFORMED',
      `${path} is not a whole safetensors file: ${reason}.`,
      { file: path, reason },
      cause,
    )
  const { size } = await file.stat()
  const prefix = await readBytes(file, 0, Math.min(LENGTH_BYTES, size))
  if (prefix.length < LENGTH_BYTES) throw malformed(`${size} bytes are too few for a header`)
  const declared = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true)
  if (declared > BigInt(Math.min(MAX_HEADER_BYTES, size - LENGTH_BYTES))) {
    throw malformed(`the header claims ${declared} bytes in a file of ${size}`)
  }
  const dataStart = LENGTH_BYTES + Number(declared)
  const header = parse(await readBytes(file, LENGTH_BYTES, Number(declared)), malformed)
  const tensors = new Map<string, StoredTensor>()
  let covered = 0
  for (const { name, type, shape, from, to } of header) {
    if (from !== covered) throw malformed(`tensor ${name} starts at byte ${from}, expected ${covered}`)
    const expected = storedBytes(type, sizeOf(shape))
    if (to - from !== expected) {
      throw malformed(`tensor ${name} spans ${to - from} bytes, its shape needs ${expected}`)
    }
    covered = to
    tensors.set(name, { path, file, type, shape, from: dataStart + from })
  }
  if (dataStart + covered !== size) {
    throw malformed(`the header describes ${covered} bytes of data, the file holds ${size - dataStart}`)
  }
  return tensors

  function parse(bytes: Uint8Array, refuse: typeof malformed) {
    try {
      const fields = headerShape.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
      return Object.entries(fields)
        .filter(([name]) => name !== '__metadata__')
        .map(([name, entry]) => {
          const { dtype, shape, data_offsets: offsets } = entryShape.parse(entry)
          return { name, type: requireType(path, name, dtype), shape, from: offsets[0], to: offsets[1] }
        })
        .sort((a, b) => a.from - b.from || a.to - b.to)
    } catch (cause) {
      if (!(cause instanceof z.ZodError || cause instanceof SyntaxError || cause instanceof TypeError))
        throw cause
      throw refuse('its header cannot be read', cause)
    }
  }
}

function requireType(path: string, name: string, type: string): FloatType {
  if (isFloatType(type)) return type
  throw importFailure(
    'IMPORT_TENSOR_INVALID',
    `${path}: tensor ${name} is stored as ${type}; F32, F16 and BF16 can be read.`,
    { file: path, tensor: name, type },
  )
}
