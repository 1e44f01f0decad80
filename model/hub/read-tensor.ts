import { importFailure } from './failure.ts'
import { readBytes, type StoredTensor } from './safetensors-header.ts'
import { BYTES_OF, widen } from './widen.ts'

/** Numbers that are read at a time: what a conversion needs besides the tensor itself. */
const PIECE = 1 << 20

/**
 * A tensor, or its first rows, as float32.
 * @param count numbers that the architecture needs, from the first on; `stored` may have more rows
 * @throws SubnetError IMPORT_TENSOR_INVALID at the first NaN or infinity
 */
export async function readTensor(name: string, stored: StoredTensor, count: number): Promise<Float32Array> {
  const { file, path, type, from } = stored
  const size = BYTES_OF[type]
  const data = new Float32Array(count)
  for (let at = 0; at < count; at += PIECE) {
    const into = data.subarray(at, at + PIECE)
    widen(await readBytes(file, from + at * size, into.length * size), type, into)
    const bad = into.findIndex((number) => !Number.isFinite(number))
    if (bad < 0) continue
    throw importFailure(
      'IMPORT_TENSOR_INVALID',
      `${path}: tensor ${name} holds ${into[bad]} at element ${at + bad}.`,
      { file: path, tensor: name, element: at + bad },
    )
  }
  return data
}
