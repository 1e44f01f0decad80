import { chacha20 } from '@noble/ciphers/chacha.js'

/** Integers drawn in order from one keystream. */
export interface Draw {
  /** Uniform in 0 … bound - 1. bound: integer, 1 … 2^32. */
  below(bound: number): number
}

const WORDS_A_BLOCK = 16
const WORD_VALUES = 2 ** 32

/**
 * The keystream is ChaCha20 (RFC 8439) with the seed as key, counter from 0 and a nonce of twelve bytes: `stream`
 * as a little-endian uint32, then zeros. It is read as little-endian uint32 words, in order. `below(n)` takes
 * words until one is under the largest multiple of n that is ≤ 2^32, and returns it modulo n; so no result is
 * favoured, and a contract can repeat the draw with integer arithmetic alone.
 *
 * Problems use stream 0. Whatever else needs randomness under the same seed takes another stream.
 *
 * @param seed 32 bytes
 */
export function createDraw(seed: Uint8Array, stream = 0): Draw {
  const nonce = new Uint8Array(12)
  new DataView(nonce.buffer).setUint32(0, stream, true)
  const zeros = new Uint8Array(4 * WORDS_A_BLOCK)
  let block = new DataView(zeros.buffer)
  let taken = 0

  const word = (): number => {
    const position = taken % WORDS_A_BLOCK
    if (position === 0) {
      const bytes = chacha20(seed, nonce, zeros, undefined, taken / WORDS_A_BLOCK)
      block = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    taken++
    return block.getUint32(4 * position, true)
  }

  return {
    below(bound) {
      if (!Number.isInteger(bound) || bound < 1 || bound > WORD_VALUES) {
        throw new RangeError(`bound must be an integer from 1 to 2^32, got ${bound}`)
      }
      const accepted = WORD_VALUES - (WORD_VALUES % bound)
      let value = word()
      while (value >= accepted) value = word()
      return value % bound
    },
  }
}

/** Uniform in low … high, both included. */
export function between(draw: Draw, low: number, high: number): number {
  return low + draw.below(high - low + 1)
}

/** One of a non-empty list, uniformly. */
export function pick<Item>(draw: Draw, items: readonly Item[]): Item {
  return items[draw.below(items.length)]
}
