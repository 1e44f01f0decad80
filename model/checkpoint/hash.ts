import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

export type Hash = `0x${string}`

export function sha256OfPieces(pieces: Iterable<Uint8Array>): Hash {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return `0x${hash.digest('hex')}`
}

export function sha256(bytes: Uint8Array | string): Hash {
  return `0x${createHash('sha256').update(bytes).digest('hex')}`
}

export async function sha256OfFile(path: string): Promise<Hash> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return `0x${hash.digest('hex')}`
}
