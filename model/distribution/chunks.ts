/** Part of the format: the same file has the same chunks in every package. */
export const chunkBytes = 2 ** 20

/** A checkpoint is read as a whole when it is verified, which stops short of 2 GiB. */
export const maxPackageBytes = 2047 * chunkBytes

export function splitChunks(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, i) =>
    bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes),
  )
}

/** Size of the chunk at a place in a file of `sizeBytes`. */
export function chunkSize(sizeBytes: number, chunk: number): number {
  return Math.min(chunkBytes, sizeBytes - chunk * chunkBytes)
}
