import { createHash } from 'node:crypto'

export type Hash = `0x${string}`

export function sha256(bytes: Uint8Array | string): Hash {
  return `0x${createHash('sha256').update(bytes).digest('hex')}`
}
