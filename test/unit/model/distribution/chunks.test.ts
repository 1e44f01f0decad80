import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chunkBytes, chunkSize, splitChunks } from '../../../../model/distribution/chunks.ts'

it('splits a file into chunks that join to it, all but the last of one size', () => {
  const size = fc.oneof(
    fc.nat(3 * chunkBytes),
    fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: -1, max: 1 }))
      .map(([n, d]) => n * chunkBytes + d),
  )
  fc.assert(
    fc.property(size, fc.nat(250), (sizeBytes, seed) => {
      const bytes = Buffer.alloc(sizeBytes).map((_, i) => (i * 31 + seed) % 251)
      const chunks = splitChunks(bytes)
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
      expect(chunks.map(({ length }) => length)).toEqual(chunks.map((_, i) => chunkSize(sizeBytes, i)))
      for (const { length } of chunks.slice(0, -1)) expect(length).toBe(chunkBytes)
      expect(chunks.every(({ length }) => length > 0)).toBe(true)
    }),
    { seed: 3, numRuns: 25 },
  )
})
