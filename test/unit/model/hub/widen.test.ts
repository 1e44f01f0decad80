import { expect, it } from 'vitest'
import { widen } from '../../../../model/hub/widen.ts'

/** Every value that 16 bits can hold, in order of the bits. */
const everything = new Uint8Array(Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits).buffer)

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

it('gives every half its value', () => {
  const wide = new Float32Array(1 << 16)
  widen(everything, 'F16', wide)
  const wrong = Array.from(wide.keys()).filter((bits) => !Object.is(wide[bits], halfValue(bits)))
  expect(wrong).toEqual([])
})

it('gives every bfloat16 the float32 that begins with its bits', () => {
  const wide = new Float32Array(1 << 16)
  widen(everything, 'BF16', wide)
  const bits = new Uint32Array(wide.buffer)
  expect(Array.from(bits.keys()).filter((half) => bits[half] !== half * 65_536)).toEqual([])
})
