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

/** The format, written down again without a thought for memory: what every delta so far consists of. */
function plainContent(parent: Uint8Array, child: Uint8Array): Uint8Array {
  const start = 8 + Number(new DataView(parent.buffer).getBigUint64(0, true))
  const wordsOf = (file: Uint8Array) =>
    new BigUint64Array(new Uint32Array(file.slice(start).buffer).length).map((_, i) =>
      BigInt(new DataView(file.buffer).getUint32(start + 4 * i, true)),
    )
  const [before, after] = [wordsOf(parent), wordsOf(child)]
  const order = (bits: bigint): bigint => (bits >> 31n ? 0xffff_ffffn - bits : bits + 0x8000_0000n)
  const gaps: number[] = []
  const codes: bigint[] = []
  let gap = 0
  after.forEach((bits, i) => {
    if (bits === before[i]) {
      gap++
      return
    }
    for (; gap > 127; gap = Math.floor(gap / 128)) gaps.push(128 + (gap % 128))
    gaps.push(gap)
    gap = 0
    const difference = BigInt.asIntN(32, order(bits) - order(before[i]))
    codes.push(difference < 0n ? -2n * difference - 1n : 2n * difference)
  })
  const planes = [0n, 8n, 16n, 24n].flatMap((shift) => codes.map((code) => Number((code >> shift) & 255n)))
  const count = new Uint8Array(Uint32Array.of(codes.length).buffer)
  return Uint8Array.from([
    ...Buffer.from('RPDELTA1'),
    ...Buffer.from(sha256(parent).slice(2), 'hex'),
    4,
    ...count,
    ...gaps,
    ...planes,
  ])
}

describe('the format', () => {
  it.each([0.9, 0.01, 0.0002])('is that of every delta so far, where a share of %d changed', (share) => {
    const random = createRandom(31)
    const before = Float32Array.from({ length: 60_000 }, () => random() - 0.5)
    const after = before.map((value) =>
      random() < share ? value * (1 + random() / 64) - random() / 1e4 : value,
    )
    const [parent, child] = [before, after].map((data) =>
      encodeSafetensors(new Map([['a', { shape: [data.length], data }]])),
    )
    const delta = encodeDelta(parent, child)
    expect(Buffer.from(zstdDecompressSync(delta)).equals(plainContent(parent, child))).toBe(true)
    expect(Buffer.from(applyDelta(parent, delta, sha256(child))).equals(child)).toBe(true)
  })

  it('does not depend on where a file lies in memory, nor on the length of its header', () => {
    const file = (data: Float32Array): Uint8Array => {
      const json = Buffer.from(
        JSON.stringify({ a: { dtype: 'F32', shape: [LENGTH], data_offsets: [0, 4 * LENGTH] } }),
      )
      const odd = json.length % 2 === 0 ? Buffer.concat([json, Buffer.from(' ')]) : json
      const length = Buffer.alloc(8)
      length.writeUInt32LE(odd.length)
      return new Uint8Array(Buffer.concat([length, odd, new Uint8Array(data.buffer)]))
    }
    const random = createRandom(32)
    const before = Float32Array.from({ length: LENGTH }, random)
    const [parent, child] = [before, before.map((value) => value * 1.001)].map(file)
    const shifted = new Uint8Array([0, ...parent]).subarray(1)
    const delta = encodeDelta(shifted, child)
    expect(delta).toEqual(encodeDelta(parent, child))
    expect(applyDelta(shifted, delta, sha256(child))).toEqual(child)
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
