import { zstdCompressSync } from 'node:zlib'
import { join, splice } from './mutate-bytes.ts'
import type { Random } from './random.ts'

type FrameMutation = (bytes: Uint8Array, random: Random) => Uint8Array

const magic = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd)

/** Changes to a zstd frame by what its bytes mean (RFC 8878 §3.1.1). */
export const frameMutations: Readonly<Record<string, FrameMutation>> = {
  'another descriptor': (bytes, random) => bytes.with(4, random.below(256)),
  'another window or content size': (bytes, random) => bytes.with(5 + random.below(4), random.below(256)),
  'a checksum that is wrong': (bytes, random) =>
    bytes.with(bytes.length - 1 - random.below(4), random.below(256)),
  'a second frame': (bytes, random) => join(bytes, random.pick([bytes, frameOf(new Uint8Array())])),
  'a skippable frame': (bytes, random) => {
    const skippable = join(
      Uint8Array.of(0x50 + random.below(16), 0x2a, 0x4d, 0x18, 4, 0, 0, 0),
      random.bytes(4),
    )
    return random.below(2) === 0 ? join(skippable, bytes) : join(bytes, skippable)
  },
  'a bomb of one byte repeated': (_, random) => bomb(1 + random.below(2000), random),
  'a bomb of zeros': (_, random) => frameOf(new Uint8Array(2 ** (16 + random.below(8)))),
  'a frame in a frame': (bytes) => frameOf(bytes),
  'empty blocks before the rest': (bytes, random) => {
    const at = 6 + random.below(4)
    return splice(bytes, at, 0, new Uint8Array(3 * (1 + random.below(10_000))))
  },
}

function frameOf(content: Uint8Array): Uint8Array {
  return new Uint8Array(zstdCompressSync(content))
}

/** Run-length blocks of 128 KiB each, four bytes a block, in a frame without content size. */
function bomb(blocks: number, random: Random): Uint8Array {
  const value = random.below(256)
  const block = (last: number) => {
    const header = (131_072 << 3) | (1 << 1) | last
    return Uint8Array.of(header & 255, (header >>> 8) & 255, (header >>> 16) & 255, value)
  }
  const body = Array.from({ length: blocks }, (_, i) => block(i === blocks - 1 ? 1 : 0))
  return join(magic, Uint8Array.of(0, random.below(256)), ...body)
}
