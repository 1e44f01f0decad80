import fc from 'fast-check'
import { expect, it } from 'vitest'
import { packFloat32, packInt8, unpackFloat32, unpackInt8 } from '../../../../shared/protocol/pack.ts'

it('writes two’s complement, little-endian', () => {
  expect([...packInt8(Int8Array.of(1, -2, 127, -128))]).toEqual([1, 254, 127, 128])
  expect([...packFloat32(Float32Array.of(1, -2))]).toEqual([0, 0, 128, 63, 0, 0, 0, 192])
})

it('reads back what it wrote, wherever the bytes lie in their buffer', () => {
  const shifted = (bytes: Uint8Array) => new Uint8Array([9, ...bytes]).subarray(1)
  fc.assert(
    fc.property(fc.int8Array(), fc.float32Array({ noNaN: true }), (integers, floats) => {
      expect(unpackInt8(shifted(packInt8(integers)))).toEqual(integers)
      expect(unpackFloat32(shifted(packFloat32(floats)))).toEqual(floats)
    }),
    { seed: 1 },
  )
})
