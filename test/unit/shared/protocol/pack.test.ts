import fc from 'fast-check'
import { expect, it } from 'vitest'
import { packFloat32, packInt16, unpackFloat32, unpackInt16 } from '../../../../shared/protocol/pack.ts'

it('writes numbers little-endian', () => {
  expect([...packInt16(Int16Array.of(1, -2))]).toEqual([1, 0, 254, 255])
  expect([...packFloat32(Float32Array.of(1, -2))]).toEqual([0, 0, 128, 63, 0, 0, 0, 192])
})

it('reads back what it wrote, wherever the bytes lie in their buffer', () => {
  const shifted = (bytes: Uint8Array) => new Uint8Array([9, ...bytes]).subarray(1)
  fc.assert(
    fc.property(fc.int16Array(), fc.float32Array({ noNaN: true }), (integers, floats) => {
      expect(unpackInt16(shifted(packInt16(integers)))).toEqual(integers)
      expect(unpackFloat32(shifted(packFloat32(floats)))).toEqual(floats)
    }),
    { seed: 1 },
  )
})
