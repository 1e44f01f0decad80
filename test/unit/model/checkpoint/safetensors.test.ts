import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeSafetensors, encodeSafetensors } from '../../../../model/checkpoint/safetensors.ts'

/** A file with any header text, which may lie about its length, and any data. */
function fileOf(
  header: string,
  data: Uint8Array,
  declared = new TextEncoder().encode(header).length,
): Uint8Array {
  const json = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + json.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(declared), true)
  bytes.set(json, 8)
  bytes.set(data, 8 + json.length)
  return bytes
}

function entry(change: object = {}): string {
  return JSON.stringify({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...change } })
}

const invalid = expect.objectContaining({ code: 'SAFETENSORS_INVALID' })

describe('safetensors', () => {
  it('come back as they were written', () => {
    const tensor = fc.array(fc.nat(4), { maxLength: 3 }).chain((shape) => {
      const length = shape.reduce((product, size) => product * size, 1)
      const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
        minLength: length,
        maxLength: length,
      })
      return numbers.map((data) => ({ shape, data: Float32Array.from(data) }))
    })
    const name = fc.string({ minLength: 1 }).filter((text) => text !== '__metadata__' && text !== '__proto__')
    fc.assert(
      fc.property(fc.array(fc.tuple(name, tensor), { maxLength: 5 }), (entries) => {
        const tensors = new Map(entries)
        const read = decodeSafetensors(encodeSafetensors(tensors))
        expect(Object.fromEntries(read)).toEqual(Object.fromEntries(tensors))
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('are read with an empty tensor that shares its offset with the next one', () => {
    const empty = { shape: [0], data: new Float32Array(0) }
    const tensors = new Map([
      ['b', empty],
      ['0', { shape: [], data: Float32Array.of(7) }],
    ])
    expect(decodeSafetensors(encodeSafetensors(tensors))).toEqual(tensors)
  })

  it('are read with metadata and in any order of the header', () => {
    const header = JSON.stringify({
      __metadata__: { format: 'pt' },
      b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      a: { dtype: 'F32', shape: [], data_offsets: [0, 4] },
    })
    const read = decodeSafetensors(fileOf(header, new Uint8Array(new Float32Array([3, 4]).buffer)))
    expect(read.get('a')?.data[0]).toBe(3)
    expect(read.get('b')?.data[0]).toBe(4)
  })

  it.each([
    ['an empty file', new Uint8Array(0)],
    ['a header longer than the file', fileOf('{}', new Uint8Array(0), 3)],
    ['a header length near 2^63', fileOf('{}', new Uint8Array(0), 2 ** 62)],
    ['a header that is no JSON', fileOf('{', new Uint8Array(0))],
    ['a header that is a list', fileOf('[]', new Uint8Array(0))],
    ['another element type', fileOf(entry({ dtype: 'I64' }), new Uint8Array(8))],
    ['a negative size', fileOf(entry({ shape: [-2] }), new Uint8Array(8))],
    ['a fractional size', fileOf(entry({ shape: [0.5, 4] }), new Uint8Array(8))],
    ['a shape larger than its data', fileOf(entry({ shape: [3] }), new Uint8Array(8))],
    ['a huge shape', fileOf(entry({ shape: [2 ** 31, 2 ** 31] }), new Uint8Array(8))],
    ['data beyond the end', fileOf(entry(), new Uint8Array(4))],
    ['data that nothing describes', fileOf(entry(), new Uint8Array(12))],
    ['a gap', fileOf(entry({ data_offsets: [4, 12] }), new Uint8Array(12))],
    ['offsets that run backwards', fileOf(entry({ shape: [0], data_offsets: [8, 0] }), new Uint8Array(8))],
    ['NaN', fileOf(entry(), new Uint8Array(new Float32Array([1, NaN]).buffer))],
    ['infinity', fileOf(entry(), new Uint8Array(new Float32Array([-Infinity, 1]).buffer))],
  ])('are refused with %s', (_, bytes) => {
    expect(() => decodeSafetensors(bytes)).toThrowError(invalid)
  })

  it('are refused where two tensors share bytes', () => {
    const shared = { dtype: 'F32', shape: [2], data_offsets: [0, 8] }
    expect(() =>
      decodeSafetensors(fileOf(JSON.stringify({ a: shared, b: shared }), new Uint8Array(8))),
    ).toThrowError(invalid)
  })

  it('never do anything with damaged bytes but read or refuse them', () => {
    const good = encodeSafetensors(new Map([['weight', { shape: [2, 3], data: new Float32Array(6) }]]))
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, length) => {
        const damaged = good.slice(0, length)
        if (at < length) damaged[at] = byte
        try {
          decodeSafetensors(damaged)
        } catch (error) {
          expect(error).toEqual(invalid)
        }
      }),
      { numRuns: 500 },
    )
  })
})
