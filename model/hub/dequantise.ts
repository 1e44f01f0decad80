import { halfValues } from './half.ts'
import { BLOCKS, type BlockType } from './weight-types.ts'

/** One block: bytes from `at`, numbers to `into` from `to`. `half` reads the two bytes at a place as a float. */
type Unpack = (
  bytes: Uint8Array,
  at: number,
  into: Float32Array,
  to: number,
  half: (at: number) => number,
) => void

/**
 * ggml's blocks → float32, as its own reference does: scale times integer, and an offset where the type has one. In
 * float64 neither product nor sum is rounded, so each number is rounded once, when it is stored.
 * @param into whole blocks
 */
export function dequantise(bytes: Uint8Array, type: BlockType, into: Float32Array): void {
  const values = halfValues()
  const half = (at: number) => values[bytes[at] | (bytes[at + 1] << 8)]
  const { numbers, bytes: size } = BLOCKS[type]
  const unpack = UNPACK[type]
  for (let block = 0; block * numbers < into.length; block++) {
    unpack(bytes, block * size, into, block * numbers, half)
  }
}

const UNPACK: Readonly<Record<BlockType, Unpack>> = {
  Q4_0(bytes, at, into, to, half) {
    const scale = half(at)
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 2 + i]
      into[to + i] = scale * ((pair & 15) - 8)
      into[to + 16 + i] = scale * ((pair >> 4) - 8)
    }
  },

  Q4_1(bytes, at, into, to, half) {
    const [scale, least] = [half(at), half(at + 2)]
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 4 + i]
      into[to + i] = scale * (pair & 15) + least
      into[to + 16 + i] = scale * (pair >> 4) + least
    }
  },

  /** Four bits as in Q4_0, after 32 fifth bits. */
  Q5_0(bytes, at, into, to, half) {
    const scale = half(at)
    const fifth = (i: number) => ((bytes[at + 2 + (i >> 3)] >> (i & 7)) & 1) << 4
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 6 + i]
      into[to + i] = scale * (((pair & 15) | fifth(i)) - 16)
      into[to + 16 + i] = scale * (((pair >> 4) | fifth(16 + i)) - 16)
    }
  },

  Q8_0(bytes, at, into, to, half) {
    const scale = half(at)
    for (let i = 0; i < 32; i++) into[to + i] = scale * signed(bytes[at + 2 + i])
  },

  /** Eight runs of 32, each with a scale and an offset of six bits; two runs share bytes. */
  Q4_K(bytes, at, into, to, half) {
    const [scale, least] = [half(at), half(at + 2)]
    const packed = at + 4
    for (let run = 0; run < 8; run++) {
      const [step, offset] = sixBits(bytes, packed, run)
      const [by, below] = [scale * step, least * offset]
      const shift = run % 2 === 0 ? 0 : 4
      const from = at + 16 + (run >> 1) * 32
      for (let i = 0; i < 32; i++) {
        into[to + run * 32 + i] = by * ((bytes[from + i] >> shift) & 15) - below
      }
    }
  },

  /** Sixteen runs of 16 with a signed scale each; four bits in one place, two in another. */
  Q6_K(bytes, at, into, to, half) {
    const scale = half(at + 208)
    for (let i = 0; i < 256; i++) {
      const [part, quarter, lane] = [i >> 7, (i >> 5) & 3, i & 31]
      const low = bytes[at + part * 64 + (quarter & 1) * 32 + lane] >> (quarter < 2 ? 0 : 4)
      const high = bytes[at + 128 + part * 32 + lane] >> (2 * quarter)
      const level = ((low & 15) | ((high & 3) << 4)) - 32
      into[to + i] = scale * signed(bytes[at + 192 + (i >> 4)]) * level
    }
  },
}

function signed(byte: number): number {
  return (byte << 24) >> 24
}

/** Scale and offset of a run: twelve bytes hold sixteen numbers of six bits. */
function sixBits(bytes: Uint8Array, packed: number, run: number): [number, number] {
  if (run < 4) return [bytes[packed + run] & 63, bytes[packed + run + 4] & 63]
  const both = bytes[packed + run + 4]
  return [
    (both & 15) | ((bytes[packed + run - 4] >> 6) << 4),
    (both >> 4) | ((bytes[packed + run] >> 6) << 4),
  ]
}
