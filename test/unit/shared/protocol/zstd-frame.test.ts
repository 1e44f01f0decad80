import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitFrames } from '../../../../shared/protocol/zstd-frame.ts'

const { ZSTD_c_checksumFlag, ZSTD_c_compressionLevel, ZSTD_c_contentSizeFlag } = constants
const contents = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  // Long runs and several blocks of 128 KiB.
  fc.nat(400_000).map((length) => new Uint8Array(length)),
  fc.nat(400_000).map((length) => Uint8Array.from({ length }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24)),
)
const params = fc.record({
  [ZSTD_c_checksumFlag]: fc.nat(1),
  [ZSTD_c_contentSizeFlag]: fc.nat(1),
  [ZSTD_c_compressionLevel]: fc.integer({ min: 1, max: 5 }),
})

const split = (bytes: Uint8Array, most = 9) => splitFrames(bytes, most)

it('finds every frame that the compressor writes one after the other, and none that is cut', () => {
  fc.assert(
    fc.property(fc.array(contents, { minLength: 1, maxLength: 3 }), params, (each, chosen) => {
      const frames = each.map((content) => new Uint8Array(zstdCompressSync(content, { params: chosen })))
      const bytes = new Uint8Array(Buffer.concat(frames))
      expect(split(bytes)).toEqual(frames)
      expect(() => split(bytes, frames.length - 1)).toThrow('BUNDLE_MALFORMED')
      const last = bytes.length - (frames.at(-1) as Uint8Array).length
      for (const length of [1, 4, 5, (bytes.length - last) >> 1, bytes.length - last - 1]) {
        expect(() => split(bytes.subarray(0, last + length))).toThrow('BUNDLE_MALFORMED')
      }
    }),
    { seed: 1, numRuns: 60 },
  )
})

it('takes neither another format nor a reserved block type for a frame', () => {
  for (const bytes of [
    [],
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0],
    [0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0],
    [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 0b111, 0, 0],
  ]) {
    expect(() => split(Uint8Array.from(bytes))).toThrow('BUNDLE_MALFORMED')
  }
})
