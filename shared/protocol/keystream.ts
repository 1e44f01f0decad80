import { chacha20 } from '@noble/ciphers/chacha.js'
import { type Hex, hexToBytes } from 'viem'

const blockBytes = 64
const nonce = new Uint8Array(12)

/**
 * The ChaCha20 keystream (RFC 8439, zero nonce) under a seed: how 32 bytes become many.
 * @param block first 64-byte block, so that position t of a long stream is reached without the ones before it
 */
export function keystream(seed: Hex, length: number, block = 0): Uint8Array {
  return chacha20(hexToBytes(seed), nonce, new Uint8Array(length), undefined, block)
}

/** Rounds a byte count up to whole blocks, so that records of that size start on a block. */
export function blocksFor(bytes: number): number {
  return Math.ceil(bytes / blockBytes)
}
