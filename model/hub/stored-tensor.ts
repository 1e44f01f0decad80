import type { FileHandle } from 'node:fs/promises'
import type { WeightType } from './weight-types.ts'

/** Where one tensor lies in an open file. */
export interface StoredTensor {
  readonly path: string
  readonly file: FileHandle
  readonly type: WeightType
  readonly shape: readonly number[]
  /** First byte in the file. */
  readonly from: number
  /** Heads whose rows are stored as llama.cpp rotates them, neighbours in pairs; absent where they are as we do. */
  readonly pairedHeads?: number
}

/** @throws RangeError when the file ends before */
export async function readBytes(file: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, from + filled)
    if (bytesRead === 0) throw new RangeError(`the file ends at byte ${from + filled}`)
    filled += bytesRead
  }
  return bytes
}
