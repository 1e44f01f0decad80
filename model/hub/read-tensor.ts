import { importFailure } from './failure.ts'
import { readBytes, type StoredTensor } from './stored-tensor.ts'
import { storedBytes } from './weight-types.ts'
import { widen } from './widen.ts'

/** Numbers that are read at a time, whole blocks of any type: what a conversion needs besides the tensor itself. */
const PIECE = 1 << 20

/**
 * A tensor, or its first rows, as float32.
 * @param count numbers that the architecture needs, from the first on; `stored` may have more rows
 * @throws SubnetError IMPORT_TENSOR_INVALID at the first NaN or infinity
 */
export async function readTensor(name: string, stored: StoredTensor, count: number): Promise<Float32Array> {
  const { file, path, type, from, pairedHeads } = stored
  const data = new Float32Array(count)
  for (let at = 0; at < count; at += PIECE) {
    const into = data.subarray(at, at + PIECE)
    widen(await readBytes(file, from + storedBytes(type, at), storedBytes(type, into.length)), type, into)
    const bad = into.findIndex((number) => !Number.isFinite(number))
    if (bad < 0) continue
    throw importFailure(
      'IMPORT_TENSOR_INVALID',
      `${path}: tensor ${name} holds ${into[bad]} at element ${at + bad}.`,
      { file: path, tensor: name, element: at + bad },
    )
  }
  return pairedHeads === undefined ? data : partPairs(data, stored.shape[0], pairedHeads)
}

/**
 * Rotation turns two rows of a head together: rows 2i and 2i + 1 in llama.cpp, i and i + half a head in Hugging Face's
 * libraries and here.
 */
function partPairs(data: Float32Array, rows: number, heads: number): Float32Array {
  const parted = new Float32Array(data.length)
  const width = data.length / rows
  const headRows = rows / heads
  for (let row = 0; row < rows; row++) {
    const inHead = row % headRows
    const to = row - inHead + (inHead % 2) * (headRows / 2) + Math.floor(inHead / 2)
    parted.set(data.subarray(row * width, (row + 1) * width), to * width)
  }
  return parted
}
