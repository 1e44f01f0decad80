import { constants, zstdCompressSync } from 'node:zlib'
import { encode, rfc8949EncodeOptions } from 'cborg'
import fc from 'fast-check'
import { hexToBytes, keccak256 } from 'viem'
import { describe, expect, it } from 'vitest'
import {
  decodeBundle,
  encodeBundle,
  encodeGroup,
  encodeHeader,
  headerOf,
  openBundle,
  readGroup,
} from '../../../../shared/protocol/bundle.ts'
import { maxBundleBytes } from '../../../../shared/protocol/bundle-limits.ts'
import type { Bundle } from '../../../../shared/protocol/rollout.ts'
import { bundles, limits } from '../../../helpers/arbitraries.ts'
import { compressed as compress, joinBytes as join, sealedItems } from '../../../helpers/sealed-items.ts'

const bundle: Bundle = {
  chainId: 31_337,
  subnet: `0x${'ab'.repeat(20)}`,
  window: 7,
  miner: 3,
  policy: `0x${'cd'.repeat(32)}`,
  groups: [0, 1].map((index) => ({
    index,
    promptHash: `0x${'01'.repeat(32)}`,
    rollouts: [5, 299].map((token) => ({
      tokens: [token, 0],
      finish: 'end',
      reward: 1_000_000,
      sketches: Int8Array.of(1, -1, 127, -128, 0, 2, -2, 64),
      logProbabilities: Float32Array.of(-0.5, -3),
    })),
  })),
}
const encoded = encodeBundle(bundle)
const header = encodeHeader(headerOf(bundle))
const groups = bundle.groups.map(encodeGroup)
/** Both kinds of item, and bundles in which other bytes stand in the place of one. */
const items = [
  { kind: 'header', canonical: header, around: (bytes: Uint8Array) => framesOf([bytes, ...groups]) },
  { kind: 'group', canonical: groups[0], around: (bytes: Uint8Array) => sealed([bytes, groups[1]]) },
] as const

const framesOf = (all: readonly Uint8Array[]) => join(...all.map((item) => compress(item)))
const sealed = (all: readonly Uint8Array[]) => sealedItems(bundle, all)
const reasonOf = (bytes: Uint8Array) => decodeBundle(bytes, limits).rejection?.reason

/** The items as plain CBOR data, for changes that the types of Bundle would not allow. */
const plainHeader = () => {
  const { groups: _, subnet, policy, ...identity } = bundle
  return {
    ...identity,
    subnet: hexToBytes(subnet),
    policy: hexToBytes(policy),
    groups: join(...groups.map((bytes) => keccak256(bytes, 'bytes'))) as unknown,
  }
}
const plainGroup = () => {
  const [{ index, promptHash, rollouts }] = bundle.groups
  return {
    index,
    prompt: hexToBytes(promptHash),
    rollouts: rollouts.map(({ tokens, finish, reward }) => ({
      tokens: [...tokens] as unknown[],
      finish: finish as unknown,
      reward: reward as unknown,
      sketches: new Uint8Array(8),
      logprobs: new Uint8Array(8),
    })),
  }
}
const reasonOfHeader = (change: (data: ReturnType<typeof plainHeader>) => unknown) => {
  const data = plainHeader()
  return reasonOf(items[0].around(encode(change(data) ?? data, rfc8949EncodeOptions)))
}
const reasonOfGroup = (change: (data: ReturnType<typeof plainGroup>) => unknown) => {
  const data = plainGroup()
  return reasonOf(items[1].around(encode(change(data) ?? data, rfc8949EncodeOptions)))
}

describe('a bundle', () => {
  it('is read back as it was written, and written the same every time', () => {
    fc.assert(
      fc.property(bundles, (any) => {
        const bytes = encodeBundle(any)
        expect(encodeBundle(structuredClone(any))).toEqual(bytes)
        expect(decodeBundle(bytes, limits)).toEqual({ value: any })
      }),
      { seed: 1 },
    )
  })

  it('is deterministic CBOR, whatever order its fields were set in', () => {
    const { header: plain, groups: all } = plainOf(bundle)
    const expected = [plain, ...all].map((item) => encode(item, rfc8949EncodeOptions))
    expect(encoded).toEqual(framesOf(expected))
    const reversed = Object.fromEntries(Object.entries(bundle).reverse()) as unknown as Bundle
    expect(encodeBundle(reversed)).toEqual(encoded)
  })

  it('fits the size limit at its largest', () => {
    const { maxTokens } = limits
    const largest: Bundle = {
      ...bundle,
      chainId: Number.MAX_SAFE_INTEGER,
      window: Number.MAX_SAFE_INTEGER,
      miner: 2 ** 32 - 1,
      groups: Array.from({ length: limits.rules.maxGroups }, (_, index) => ({
        index,
        promptHash: `0x${'ff'.repeat(32)}`,
        rollouts: Array.from({ length: limits.rules.groupSize }, () => ({
          tokens: Array.from({ length: maxTokens }, () => 2 ** 32 - 1),
          finish: 'length',
          reward: 1_000_000,
          sketches: new Int8Array(4 * maxTokens),
          logProbabilities: new Float32Array(maxTokens),
        })),
      })),
    }
    const bytes = encodeBundle(largest)
    const items = [encodeHeader(headerOf(largest)), ...largest.groups.map(encodeGroup)]
    const stored = join(...items.map((item) => rawFrame(item)))
    expect(stored.length).toBeLessThanOrEqual(maxBundleBytes(limits))
    for (const form of [bytes, stored])
      expect(decodeBundle(form, { ...limits, vocabulary: 2 ** 32 })).toEqual({ value: largest })
  })

  it('is opened by its header, and read group by group', () => {
    fc.assert(
      fc.property(bundles, (any) => {
        const opened = openBundle(encodeBundle(any), limits)
        expect(opened.value?.header).toEqual(headerOf(any))
        for (const [index, group] of any.groups.entries()) {
          expect(opened.value && readGroup(opened.value, index, limits)).toEqual({ value: group })
        }
      }),
      { seed: 1 },
    )
  })

  it('holds its groups in their places, and none that its header does not name', () => {
    const [first, second] = groups
    const rejectionOf = (bytes: Uint8Array) => decodeBundle(bytes, limits).rejection
    const incomplete = { check: 'completeness', reason: 'GROUPS_INCOMPLETE' }
    expect(rejectionOf(sealed([second]))).toEqual({
      ...incomplete,
      numbers: { group: 0, expected: 0, actual: 1 },
    })
    expect(rejectionOf(sealed([first, first]))).toMatchObject(incomplete)
    expect(rejectionOf(sealed([second, first]))).toMatchObject(incomplete)
    const swapped = { check: 'commitment', reason: 'ROOT_MISMATCH', numbers: { group: 0 } }
    expect(rejectionOf(framesOf([header, second, first]))).toMatchObject(swapped)
    expect(reasonOf(framesOf([header, first]))).toBe('BUNDLE_MALFORMED')
    expect(reasonOf(framesOf([header, first, second, second]))).toBe('BUNDLE_MALFORMED')
    expect(reasonOf(framesOf([header]))).toBe('BUNDLE_MALFORMED')
  })

  it('is judged by the groups that are read: garbage elsewhere is for who looks there', () => {
    const garbage = Uint8Array.of(1, 2, 3)
    const opened = openBundle(framesOf([header, garbage, groups[1]]), limits)
    expect(opened.value && readGroup(opened.value, 1, limits)).toEqual({ value: bundle.groups[1] })
    expect(opened.value && readGroup(opened.value, 0, limits).rejection?.reason).toBe('ROOT_MISMATCH')
  })

  /** As the protocol lays it out, written without the code under test. */
  function plainOf({ groups: all, subnet, policy, ...identity }: Bundle) {
    const bytesOf = (array: Int8Array | Float32Array) => new Uint8Array(array.buffer)
    const plain = all.map(({ index, promptHash, rollouts }) => ({
      index,
      prompt: hexToBytes(promptHash),
      rollouts: rollouts.map(({ tokens, finish, reward, sketches, logProbabilities }) => ({
        tokens,
        finish,
        reward,
        sketches: bytesOf(sketches),
        logprobs: bytesOf(logProbabilities),
      })),
    }))
    const hashes = plain.map((group) => keccak256(encode(group, rfc8949EncodeOptions), 'bytes'))
    const named = { subnet: hexToBytes(subnet), policy: hexToBytes(policy), groups: join(...hashes) }
    return { header: { ...identity, ...named }, groups: plain }
  }
})

/** A frame without content size and with a window of 2^(10 + exponent), around one raw block. */
const rawFrame = (content: Uint8Array, windowExponent = 13) => {
  const head = 1 | (content.length << 3)
  const block = [head & 255, (head >>> 8) & 255, head >>> 16]
  return join([0x28, 0xb5, 0x2f, 0xfd, 0, windowExponent << 3], block, content)
}

describe('a byte string that is not a bundle', () => {
  it('never makes decoding throw, and is refused for the same reason each time', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.uint8Array({ maxLength: 400 }).map((bytes) => compress(bytes)),
      fc.uint8Array({ maxLength: 400 }).map((bytes) => sealed([bytes])),
      fc.object().map((value) => compress(encode(value))),
      fc.object().map((value) => sealed([encode(value)])),
    )
    fc.assert(
      fc.property(anything, (bytes) => {
        const { rejection } = decodeBundle(bytes, limits)
        expect(rejection?.reason).toMatch(/^BUNDLE_/)
        expect(decodeBundle(bytes, limits).rejection).toEqual(rejection)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it.each(items)('is never accepted with two encodings of one $kind', ({ canonical, around }) => {
    const mutation = fc.oneof(
      fc.record({
        at: fc.nat(canonical.length - 1),
        drop: fc.constant(1),
        put: fc.uint8Array({ maxLength: 3 }),
      }),
      fc.record({ at: fc.nat(canonical.length), drop: fc.nat(9), put: fc.uint8Array({ maxLength: 9 }) }),
    )
    let accepted = 0
    fc.assert(
      fc.property(mutation, ({ at, drop, put }) => {
        const bytes = join(canonical.subarray(0, at), put, canonical.subarray(at + drop))
        const { value: read } = decodeBundle(around(bytes), limits)
        if (!read) return
        accepted++
        expect(encodeBundle(read)).toEqual(around(bytes))
      }),
      { seed: 1, numRuns: 3000 },
    )
    expect(accepted).toBeGreaterThan(10)
  })

  it('is refused when it was cut or grew, before and after compression', () => {
    for (let length = 0; length < encoded.length; length++) {
      expect(reasonOf(encoded.subarray(0, length)), `${length} bytes`).toBe('BUNDLE_MALFORMED')
    }
    for (const { canonical, around } of items) {
      for (let length = 0; length < canonical.length; length++) {
        expect(reasonOf(around(canonical.subarray(0, length))), `${length} bytes`).toBe('BUNDLE_MALFORMED')
      }
      expect(reasonOf(around(join(canonical, [0])))).toBe('BUNDLE_NOT_CANONICAL')
      expect(reasonOf(around(join(canonical, canonical)))).toBe('BUNDLE_NOT_CANONICAL')
    }
    expect(reasonOf(join(encoded, [0]))).toBe('BUNDLE_MALFORMED')
  })
})

describe('a compressed form', () => {
  const skippable = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]

  it('is refused with another, an empty or a skippable frame beside its own', () => {
    for (const bytes of [
      join(encoded, compress([])),
      join(encoded, encoded),
      join(encoded, skippable),
      join(skippable, encoded),
      join(compress([]), encoded),
    ]) {
      expect(reasonOf(bytes)).toBe('BUNDLE_MALFORMED')
    }
  })

  it('may be of any level: its hash is committed, and only what it holds is judged', () => {
    for (const level of [1, 9, 19]) {
      const params = { [constants.ZSTD_c_compressionLevel]: level }
      const bytes = join(...[header, ...groups].map((item) => zstdCompressSync(item, { params })))
      expect(decodeBundle(bytes, limits)).toEqual({ value: bundle })
    }
  })

  it('is refused when one of its bits is flipped, or gives another content', () => {
    for (let bit = 0; bit < 8 * encoded.length; bit++) {
      const flipped = encoded.with(bit >>> 3, encoded[bit >>> 3] ^ (1 << (bit & 7)))
      const { value: read } = decodeBundle(flipped, limits)
      // A header has nobody above it but the committed root, which is not asked here; groups have its hashes.
      if (read) expect(read.groups).toEqual(bundle.groups)
    }
  })

  it('that is larger than any bundle is refused before and during decompression', () => {
    const maxBytes = maxBundleBytes(limits)
    expect(reasonOf(new Uint8Array(maxBytes + 1))).toBe('BUNDLE_TOO_LARGE')
    const bomb = compress(new Uint8Array(16 * 2 ** 20))
    expect(bomb.length).toBeLessThan(maxBytes)
    const before = process.memoryUsage().arrayBuffers
    expect(reasonOf(bomb)).toBe('BUNDLE_TOO_LARGE')
    expect(reasonOf(join(compress(header), bomb, compress(groups[1])))).toBe('BUNDLE_TOO_LARGE')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20)
  })

  it('that asks for a window larger than every decoder must have is refused', () => {
    const withHeader = (exponent: number) =>
      join(rawFrame(header, exponent), ...groups.map((item) => compress(item)))
    const withGroup = (exponent: number) =>
      join(compress(header), rawFrame(groups[0], exponent), compress(groups[1]))
    for (const form of [withHeader, withGroup]) {
      expect(decodeBundle(form(13), limits)).toEqual({ value: bundle })
      for (const exponent of [14, 17, 31]) expect(reasonOf(form(exponent))).toBe('BUNDLE_MALFORMED')
    }
  })
})

describe('CBOR', () => {
  it('of millions of empty items in a few bytes builds nothing', () => {
    const wide = { ...limits, rules: { groupSize: 4096, maxGroups: 4096 }, maxTokens: 4096 }
    const [, { canonical }] = items
    const rollouts = canonical.indexOf('r'.charCodeAt(0)) + 'rollouts'.length
    const before = process.memoryUsage().heapUsed
    for (const empty of [0x80, 0xa0]) {
      const many = new Uint8Array(2 ** 22).fill(empty)
      const lists = join([0x9a, 0, 0x40, 0, 0], many)
      const inPlace = join(canonical.subarray(0, rollouts), [0x99, 16, 0], many)
      expect(decodeBundle(sealed([lists]), wide).rejection?.reason).toBe('BUNDLE_MALFORMED')
      expect(decodeBundle(sealed([inPlace]), wide).rejection?.reason).toBe('BUNDLE_MALFORMED')
    }
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(16 * 2 ** 20)
  })

  it('nested deeper than any stack is refused', () => {
    const deep = 2000
    const wide = { ...limits, maxTokens: 10 ** 5 }
    for (const opener of [0x81, 0xa1, 0xc1, 0xd8]) {
      const bytes = new Uint8Array(deep * 100).fill(opener)
      expect(decodeBundle(sealed([bytes]), wide).rejection?.reason).toBe('BUNDLE_MALFORMED')
    }
  })

  it('that declares lengths it does not have costs nothing and is refused', () => {
    const enormous = [0xff, 0xff, 0xff, 0xff]
    // In place of the groups' hashes and of the list of rollouts: a list, a map, bytes and text of 2^32 - 1 and 2^64 - 1.
    for (const { kind, canonical, around } of items) {
      const [key, head] = kind === 'header' ? ['groups', 2] : ['rollouts', 1]
      const at = Buffer.from(canonical).indexOf(key) + key.length
      for (const major of [0x80, 0xa0, 0x40, 0x60]) {
        for (const [short, ...length] of [
          [0x1a, ...enormous],
          [0x1b, ...enormous, ...enormous],
        ]) {
          const put = [major | short, ...length]
          const bytes = join(canonical.subarray(0, at), put, canonical.subarray(at + head))
          expect(reasonOf(around(bytes))).toMatch(/^BUNDLE_(MALFORMED|OUT_OF_BOUNDS)$/)
        }
      }
    }
  })

  it.each(items)(
    'of a $kind with a number, length or key in a longer form than needed is refused',
    (item) => {
      const { canonical, around } = item
      // Every head of one byte, rewritten with its argument in the next byte.
      let heads = 0
      for (let at = 0; at < canonical.length; at++) {
        const head = canonical[at]
        if ((head & 31) > 23 || head >>> 5 > 5) continue
        const longer = [(head & 0xe0) | 24, head & 31]
        const bytes = join(canonical.subarray(0, at), longer, canonical.subarray(at + 1))
        expect(reasonOf(around(bytes)), `byte ${at}`).toMatch(/^BUNDLE_/)
        heads++
      }
      expect(heads).toBeGreaterThan(20)
      const map = [0xb8, canonical[0] & 31]
      expect(reasonOf(around(join(map, canonical.subarray(1))))).toBe('BUNDLE_MALFORMED')
    },
  )

  it.each(items)('of a $kind of indefinite length is refused', ({ canonical, around }) => {
    expect(reasonOf(around(join([0xbf], canonical.subarray(1), [0xff])))).toBe('BUNDLE_MALFORMED')
  })

  it('with a float, a negative, a tag, a null or text where a number belongs is refused', () => {
    for (const value of [
      1.5,
      -1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      null,
      undefined,
      true,
      '1',
      [1],
      2n ** 60n,
    ]) {
      const reason = reasonOfGroup(({ rollouts }) => {
        rollouts[0].reward = value
      })
      expect(reason, String(value)).toBe('BUNDLE_MALFORMED')
    }
    // Token 5 as float16 5.0 and as tag 1 of 5; reward 0 as float16 -0.
    const [, { canonical, around }] = items
    const at = Buffer.from(canonical).indexOf('tokens') + 'tokens'.length + 1
    for (const item of [
      [0xf9, 0x45, 0x00],
      [0xc1, 0x05],
      [0xf9, 0x80, 0x00],
    ]) {
      const bytes = join(canonical.subarray(0, at), item, canonical.subarray(at + 1))
      expect(reasonOf(around(bytes))).toBe('BUNDLE_MALFORMED')
    }
  })

  it('with keys missing, added, repeated, renamed or in another order is refused', () => {
    expect(reasonOfHeader(({ miner: _, ...rest }) => rest)).toBe('BUNDLE_MALFORMED')
    expect(reasonOfHeader((data) => ({ ...data, extra: 1 }))).toBe('BUNDLE_MALFORMED')
    expect(reasonOfHeader(({ miner, ...rest }) => ({ ...rest, minor: miner }))).toBe('BUNDLE_MALFORMED')
    expect(reasonOfGroup(({ index: _, ...rest }) => rest)).toBe('BUNDLE_MALFORMED')
    expect(reasonOfGroup((data) => ({ ...data, extra: 1 }))).toBe('BUNDLE_MALFORMED')
    expect(reasonOfGroup(({ index, ...rest }) => ({ ...rest, order: index }))).toBe('BUNDLE_MALFORMED')
    const hidden = (data: object) => Object.defineProperty(data, '__proto__', { value: 1, enumerable: true })
    expect(reasonOfHeader(hidden)).toBe('BUNDLE_MALFORMED')
    expect(reasonOfGroup(hidden)).toBe('BUNDLE_MALFORMED')
    for (const { kind, canonical, around } of items) {
      const key = kind === 'header' ? 'miner' : 'index'
      const entry = canonical.subarray(1, 1 + 1 + key.length + 1)
      const rest = canonical.subarray(1 + entry.length)
      expect(reasonOf(around(join([canonical[0] + 1], entry, entry, rest)))).toBe('BUNDLE_MALFORMED')
      expect(reasonOf(around(join([canonical[0]], rest, entry)))).toBe('BUNDLE_MALFORMED')
      for (const value of [[], [1], 'bundle', 1, null, {}]) {
        expect(reasonOf(around(encode(value))), JSON.stringify(value)).toBe('BUNDLE_MALFORMED')
      }
    }
  })
})

describe('a value outside the rules', () => {
  const reasonOfRollout = (changes: Record<string, unknown>) =>
    reasonOfGroup(({ rollouts }) => {
      Object.assign(rollouts[0], changes)
    })

  it.each<[string, (data: ReturnType<typeof plainHeader>) => unknown]>([
    ['no groups', (data) => ({ ...data, groups: new Uint8Array() })],
    ['more groups than allowed', (data) => ({ ...data, groups: new Uint8Array(4 * 32) })],
    ['half a hash', (data) => ({ ...data, groups: new Uint8Array(48) })],
    ['a short policy hash', (data) => ({ ...data, policy: new Uint8Array(31) })],
    ['a miner beyond 32 bits', (data) => ({ ...data, miner: 2 ** 32 })],
  ])('%s is out of bounds', (_, change) => {
    expect(reasonOfHeader(change)).toBe('BUNDLE_OUT_OF_BOUNDS')
  })

  it.each<[string, (data: ReturnType<typeof plainGroup>) => unknown]>([
    ['a group index beyond the limit', (data) => ({ ...data, index: 3 })],
    ['too few rollouts', ({ rollouts }) => void rollouts.pop()],
    ['too many rollouts', ({ rollouts }) => void rollouts.push(rollouts[0])],
  ])('%s is out of bounds', (_, change) => {
    expect(reasonOfGroup(change)).toBe('BUNDLE_OUT_OF_BOUNDS')
  })

  it.each([
    ['no tokens', { tokens: [] }],
    ['more tokens than a completion may have', { tokens: Array(7).fill(1) }],
    ['a token outside the vocabulary', { tokens: [300, 0] }],
    ['a reward above one', { reward: 1_000_001 }],
    ['sketches of another length', { sketches: new Uint8Array(12) }],
    ['log-probabilities of another length', { logprobs: new Uint8Array(4) }],
  ])('%s is out of bounds', (_, changes) => {
    expect(reasonOfRollout(changes)).toBe('BUNDLE_OUT_OF_BOUNDS')
  })

  it('a log-probability that is not finite is out of bounds, whichever bits spell it', () => {
    for (const bits of [0x7fc00000, 0x7f800001, 0xffc00000, 0x7f800000, 0xff800000]) {
      const logprobs = new Uint8Array(8)
      new DataView(logprobs.buffer).setUint32(4, bits, true)
      expect(reasonOfRollout({ logprobs }), bits.toString(16)).toBe('BUNDLE_OUT_OF_BOUNDS')
    }
  })

  it('a finish that is neither "end" nor "length" is malformed', () => {
    expect(reasonOfRollout({ finish: 'stop' })).toBe('BUNDLE_MALFORMED')
  })

  it('the unchanged data is a bundle: each refusal above is for its change alone', () => {
    expect(reasonOfGroup(() => undefined)).toBeUndefined()
    expect(reasonOfHeader(() => undefined)).toBeUndefined()
  })
})
