import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { frameEnd } from '../../../../shared/protocol/zstd-frame.ts'

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

it('finds the end of whatever frame the compressor writes, and of none that is cut', () => {
  fc.assert(
    fc.property(contents, params, fc.uint8Array({ maxLength: 20 }), (content, chosen, after) => {
      const frame = new Uint8Array(zstdCompressSync(content, { params: chosen }))
      expect(frameEnd(Uint8Array.from([...frame, ...after]))).toBe(frame.length)
      for (const length of [0, 4, 5, frame.length >> 1, frame.length - 4, frame.length - 1]) {
        expect(frameEnd(frame.subarray(0, Math.max(0, length)))).toBeNull()
      }
    }),
    { seed: 1, numRuns: 60 },
  )
})

it('takes neither another format nor a reserved block type for a frame', () => {
  expect(frameEnd(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0))).toBeNull()
  expect(frameEnd(Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0))).toBeNull()
  expect(frameEnd(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 0b111, 0, 0))).toBeNull()
})
