import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { Hash } from './hash.ts'
import { headerBytes, readLayout, requireFinite, type Tensor } from './safetensors.ts'

/** What one call of the system reads at most: some systems end at 2 GiB. */
const PIECE = 1 << 26

/**
 * Reads a file of float32 safetensors once, each tensor into memory of its own, with the hash of what was read: no
 * second copy of the weights, and no limit on the file's length.
 * @throws SubnetError SAFETENSORS_INVALID, and the file system's own errors
 */
export async function readWeights(path: string): Promise<{ hash: Hash; tensors: Map<string, Tensor> }> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const start = await read(file, 0, Math.min(size, 8))
    const header = await read(file, 0, headerBytes(start, size))
    const layout = readLayout(header, size)
    const hash = createHash('sha256').update(header)
    const tensors = new Map<string, Tensor>()
    for (const { name, shape, from, to } of layout) {
      const bytes = await read(file, header.length + from, to - from)
      hash.update(bytes)
      const data = new Float32Array(bytes.buffer)
      requireFinite(name, data)
      tensors.set(name, { shape, data })
    }
    return { hash: `0x${hash.digest('hex')}`, tensors }
  } finally {
    await file.close()
  }
}

async function read(file: FileHandle, from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length)
  let at = 0
  while (at < length) {
    const { bytesRead } = await file.read(bytes, at, Math.min(PIECE, length - at), from + at)
    if (bytesRead === 0) throw new RangeError(`the file ends at byte ${from + at}`)
    at += bytesRead
  }
  return bytes
}
