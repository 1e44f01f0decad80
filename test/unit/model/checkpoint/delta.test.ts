import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyDelta, encodeDelta } from '../../../../model/checkpoint/delta.ts'
import { sha256 } from '../../../../model/checkpoint/hash.ts'
import { encodeSafetensors } from '../../../../model/checkpoint/safetensors.ts'
import { createRandom } from '../small-policy.ts'

const LENGTH = 600

function fileOf(data: Float32Array): Uint8Array {
  return encodeSafetensors(
    new Map([
      ['a', { shape: [20, 10], data: data.slice(0, 200) }],
      ['b', { shape: [LENGTH - 200], data: data.slice(200) }],
    ]),
  )
}

const rounded = (data: Float32Array): Float32Array => {
  const bits = new Uint32Array(data.slice().buffer).map((word) => word & 0xffff0000)
  return new Float32Array(bits.buffer)
}

const finite = fc.float({ noNaN: true, noDefaultInfinity: true })
const tensors = fc.array(finite, { minLength: LENGTH, maxLength: LENGTH }).map((a) => Float32Array.from(a))

/** A parent and a child with a share of the elements changed: none, some or all, by little or by anything. */
const pairs = fc
  .record({
    before: tensors,
    after: tensors,
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    seed: fc.nat(),
  })
  .map(({ before, after, share, seed }) => {
    const random = createRandom(seed)
    return { before, after: before.map((value, i) => (random() < share ? after[i] : value)) }
  })

it('takes files as they come from disk', () => {
  const random = createRandom(5)
  const before = new Float32Array(LENGTH).map(random)
  const child = fileOf(before.with(7, 0.5))
  const [fromDisk, toDisk] = [Buffer.from(fileOf(before)), Buffer.from(child)]
  const delta = Buffer.from(encodeDelta(fromDisk, toDisk))
  expect(applyDelta(fromDisk, delta, sha256(child))).toEqual(child)
})

describe('a delta', () => {
  it('gives back the child’s file to the byte, whatever changed', () => {
    fc.assert(
      fc.property(pairs, fc.boolean(), ({ before, after }, half) => {
        const [parent, child] = (half ? [rounded(before), rounded(after)] : [before, after]).map(fileOf)
        expect(applyDelta(parent, encodeDelta(parent, child), sha256(child))).toEqual(child)
      }),
      { seed: 11, numRuns: 60 },
    )
  })

  it('is a few bytes where nothing changed, and half as wide where all weights are bfloat16', () => {
    const random = createRandom(5)
    const noise = () => Float32Array.from({ length: LENGTH }, () => random() - 0.5)
    const [before, after] = [noise(), noise()]
    expect(encodeDelta(fileOf(before), fileOf(before)).length).toBeLessThan(80)
    const full = encodeDelta(fileOf(before), fileOf(after)).length
    const half = encodeDelta(fileOf(rounded(before)), fileOf(rounded(after))).length
    expect(half).toBeLessThan(0.6 * full)
  })

  it('cannot be made between files of different tensors', () => {
    const other = encodeSafetensors(new Map([['a', { shape: [LENGTH], data: new Float32Array(LENGTH) }]]))
    expect(() => encodeDelta(fileOf(new Float32Array(LENGTH)), other)).toThrow(
      expect.objectContaining({ code: 'DELTA_IMPOSSIBLE' }),
    )
  })
})

describe('a hostile delta', () => {
  const parentData = Float32Array.from({ length: LENGTH }, (_, i) => i / 7)
  const childData = parentData.map((value, i) => (i % 3 === 0 ? value + 0.01 : value))
  const [parent, child] = [parentData, childData].map(fileOf)
  const honest = encodeDelta(parent, child)
  const content = new Uint8Array(zstdDecompressSync(honest))
  const rewritten = (change: (bytes: Uint8Array) => Uint8Array) => zstdCompressSync(change(content.slice()))
  const withByte = (at: number, value: number) => rewritten((bytes) => bytes.fill(value, at, at + 1))
  const apply = (delta: Uint8Array, expected = sha256(child)) => applyDelta(parent, delta, expected)

  it('for another parent is refused before anything else is read', () => {
    const stranger = fileOf(parentData.with(9, 1))
    expect(() => applyDelta(stranger, honest, sha256(child))).toThrow(
      expect.objectContaining({ code: 'DELTA_WRONG_PARENT' }),
    )
  })

  it.each<[string, () => Uint8Array]>([
    ['cut short', () => honest.subarray(0, honest.length - 9)],
    ['that is no frame', () => new Uint8Array(64)],
    ['that is empty', () => new Uint8Array()],
    ['with another beginning', () => withByte(0, 0)],
    ['of another width', () => withByte(40, 3)],
    ['read at half width', () => withByte(40, 2)],
    ['with more changes than it holds', () => withByte(43, 255)],
    ['with one change fewer', () => withByte(41, content[41] - 1)],
    ['with an index beyond the end', () => withByte(46, 0xff)],
    ['with bytes left over', () => rewritten((bytes) => new Uint8Array([...bytes, 0]))],
    ['without its last bytes', () => rewritten((bytes) => bytes.subarray(0, bytes.length - 3))],
    ['that is a bomb', () => zstdCompressSync(new Uint8Array(2 ** 26))],
    ['that makes a NaN', () => rewritten((bytes) => bytes.fill(0xff, bytes.length - 200))],
  ])('%s is refused with its code', (_, make) => {
    expect(() => apply(make())).toThrow(expect.objectContaining({ code: 'DELTA_INVALID' }))
  })

  it('that rebuilds another child than the manifest names is refused', () => {
    expect(() => apply(honest, sha256(parent))).toThrow(expect.objectContaining({ code: 'DELTA_INVALID' }))
  })

  it('never gives anything but the child or a coded error, whatever bytes are changed', () => {
    fc.assert(
      fc.property(fc.nat(content.length - 1), fc.nat(255), (at, value) => {
        try {
          expect(apply(withByte(at, value))).toEqual(child)
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^DELTA_(INVALID|WRONG_PARENT)$/)
        }
      }),
      { seed: 12, numRuns: 300 },
    )
  })
})
