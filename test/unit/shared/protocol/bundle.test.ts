import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { encode, rfc8949EncodeOptions } from 'cborg'
import fc from 'fast-check'
import { hexToBytes } from 'viem'
import { describe, expect, it } from 'vitest'
import { decodeBundle, encodeBundle } from '../../../../shared/protocol/bundle.ts'
import { maxBundleBytes } from '../../../../shared/protocol/bundle-limits.ts'
import type { Bundle } from '../../../../shared/protocol/rollout.ts'
import { bundles, limits } from '../../../helpers/arbitraries.ts'

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
      sketches: Int16Array.of(1, -1, 32_767, -32_768),
      logProbabilities: Float32Array.of(-0.5, -3),
    })),
  })),
}
const encoded = encodeBundle(bundle)
const canonical = new Uint8Array(zstdDecompressSync(encoded))

const compress = (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes))
const join = (...parts: (Uint8Array | number[])[]) =>
  new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))))
const reasonOf = (bytes: Uint8Array) => decodeBundle(bytes, limits).rejection?.reason
const reasonOfCbor = (bytes: Uint8Array) => reasonOf(compress(bytes))

/** The bundle as plain CBOR data, for changes that the types of Bundle would not allow. */
const plain = () => {
  const { groups, subnet, policy, ...header } = bundle
  return {
    ...header,
    subnet: hexToBytes(subnet),
    policy: hexToBytes(policy),
    groups: groups.map(({ index, promptHash, rollouts }) => ({
      index,
      prompt: hexToBytes(promptHash),
      rollouts: rollouts.map(({ tokens, finish, reward }) => ({
        tokens: [...tokens] as unknown[],
        finish: finish as unknown,
        reward: reward as unknown,
        sketches: new Uint8Array(8),
        logprobs: new Uint8Array(8),
      })),
    })),
  }
}
const reasonOfPlain = (change: (data: ReturnType<typeof plain>) => unknown) => {
  const data = plain()
  return reasonOfCbor(encode(change(data) ?? data, rfc8949EncodeOptions))
}

describe('a bundle', () => {
  it('is read back as it was written, and written the same every time', () => {
    fc.assert(
      fc.property(bundles, (any) => {
        const bytes = encodeBundle(any)
        expect(encodeBundle(structuredClone(any))).toEqual(bytes)
        expect(decodeBundle(bytes, limits)).toEqual({ bundle: any })
      }),
      { seed: 1 },
    )
  })

  it('is deterministic CBOR, whatever order its fields were set in', () => {
    expect(canonical).toEqual(encode(plainOf(bundle), rfc8949EncodeOptions))
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
          sketches: new Int16Array(2 * maxTokens),
          logProbabilities: new Float32Array(maxTokens),
        })),
      })),
    }
    const bytes = encodeBundle(largest)
    expect(zstdDecompressSync(bytes).length).toBeLessThanOrEqual(maxBundleBytes(limits))
    expect(decodeBundle(bytes, { ...limits, vocabulary: 2 ** 32 })).toEqual({ bundle: largest })
  })

  /** As the protocol lays it out, written without the code under test. */
  function plainOf({ groups, subnet, policy, ...header }: Bundle) {
    const bytesOf = (array: Int16Array | Float32Array) => new Uint8Array(array.buffer)
    return {
      ...header,
      subnet: hexToBytes(subnet),
      policy: hexToBytes(policy),
      groups: groups.map(({ index, promptHash, rollouts }) => ({
        index,
        prompt: hexToBytes(promptHash),
        rollouts: rollouts.map(({ tokens, finish, reward, sketches, logProbabilities }) => ({
          tokens,
          finish,
          reward,
          sketches: bytesOf(sketches),
          logprobs: bytesOf(logProbabilities),
        })),
      })),
    }
  }
})

describe('a byte string that is not a bundle', () => {
  it('never makes decoding throw, and is refused for the same reason each time', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.uint8Array({ maxLength: 400 }).map(compress),
      fc.object().map((value) => compress(encode(value))),
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

  it('is never accepted with two encodings of one content', () => {
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
        const { bundle: read } = decodeBundle(compress(bytes), limits)
        if (!read) return
        accepted++
        expect(new Uint8Array(zstdDecompressSync(encodeBundle(read)))).toEqual(bytes)
      }),
      { seed: 1, numRuns: 4000 },
    )
    expect(accepted).toBeGreaterThan(10)
  })

  it('is refused when it was cut or grew, before and after compression', () => {
    for (let length = 0; length < encoded.length; length++) {
      expect(reasonOf(encoded.subarray(0, length)), `${length} bytes`).toBe('BUNDLE_MALFORMED')
    }
    for (let length = 0; length < canonical.length; length++) {
      expect(reasonOfCbor(canonical.subarray(0, length)), `${length} bytes`).toBe('BUNDLE_MALFORMED')
    }
    expect(reasonOf(join(encoded, [0]))).toBe('BUNDLE_NOT_CANONICAL')
    expect(reasonOfCbor(join(canonical, [0]))).toBe('BUNDLE_NOT_CANONICAL')
    expect(reasonOfCbor(join(canonical, canonical))).toBe('BUNDLE_NOT_CANONICAL')
  })
})

describe('a compressed form', () => {
  const skippable = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]

  it('is refused with a second, an empty or a skippable frame beside it', () => {
    expect(reasonOf(join(encoded, compress(new Uint8Array())))).toBe('BUNDLE_NOT_CANONICAL')
    expect(reasonOf(join(encoded, encoded))).toBe('BUNDLE_NOT_CANONICAL')
    expect(reasonOf(join(encoded, skippable))).toBe('BUNDLE_NOT_CANONICAL')
    expect(reasonOf(join(skippable, encoded))).toBe('BUNDLE_MALFORMED')
    expect(reasonOf(join(compress(new Uint8Array()), encoded))).toBe('BUNDLE_NOT_CANONICAL')
  })

  it('may be of any level: its hash is committed, and only what it holds is judged', () => {
    for (const level of [1, 9, 19]) {
      const params = { [constants.ZSTD_c_compressionLevel]: level }
      expect(decodeBundle(new Uint8Array(zstdCompressSync(canonical, { params })), limits)).toEqual({
        bundle,
      })
    }
  })

  it('is refused when one of its bits is flipped, or gives another content', () => {
    for (let bit = 0; bit < 8 * encoded.length; bit++) {
      const flipped = encoded.with(bit >>> 3, encoded[bit >>> 3] ^ (1 << (bit & 7)))
      const { bundle: read } = decodeBundle(flipped, limits)
      // What is left are header bits that announce more memory or nothing: the content is the same.
      if (read) expect(read).toEqual(bundle)
    }
  })

  it('that is larger than any bundle is refused before and during decompression', () => {
    const maxBytes = maxBundleBytes(limits)
    expect(reasonOf(new Uint8Array(maxBytes + 1))).toBe('BUNDLE_TOO_LARGE')
    const bomb = compress(new Uint8Array(64 * 2 ** 20))
    expect(bomb.length).toBeLessThan(maxBytes)
    const before = process.memoryUsage().arrayBuffers
    expect(reasonOf(bomb)).toBe('BUNDLE_TOO_LARGE')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20)
  })

  it('that asks for a window larger than every decoder must have is refused', () => {
    // A frame without content size and with a window of 2^(10 + exponent), around one raw block.
    const frameOf = (exponent: number) => {
      const header = 1 | (canonical.length << 3)
      const block = [header & 255, (header >>> 8) & 255, header >>> 16]
      return join([0x28, 0xb5, 0x2f, 0xfd, 0, exponent << 3], block, canonical)
    }
    expect(decodeBundle(frameOf(13), limits)).toEqual({ bundle })
    for (const exponent of [14, 17, 31]) expect(reasonOf(frameOf(exponent))).toBe('BUNDLE_MALFORMED')
  })
})

describe('CBOR', () => {
  it('of millions of empty items in a few bytes builds nothing', () => {
    const wide = { ...limits, rules: { groupSize: 64, maxGroups: 4096 } }
    const lists = compress(join([0x9a, 0, 0x40, 0, 0], new Uint8Array(2 ** 22).fill(0xa0)))
    const groups = canonical.indexOf('g'.charCodeAt(0)) + 'groups'.length
    const maps = compress(
      join(canonical.subarray(0, groups), [0x99, 16, 0], new Uint8Array(2 ** 22).fill(0x80)),
    )
    const before = process.memoryUsage().heapUsed
    expect(decodeBundle(lists, wide).rejection?.reason).toBe('BUNDLE_MALFORMED')
    expect(decodeBundle(maps, wide).rejection?.numbers).toMatchObject({ what: 'group' })
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(16 * 2 ** 20)
  })

  it('nested deeper than any stack is refused', () => {
    const deep = 2000
    const wide = { ...limits, maxTokens: 10 ** 5 }
    for (const opener of [0x81, 0xa1, 0xc1, 0xd8]) {
      const bytes = compress(new Uint8Array(deep * 100).fill(opener))
      expect(decodeBundle(bytes, wide).rejection?.reason).toBe('BUNDLE_MALFORMED')
    }
  })

  it('that declares lengths it does not have costs nothing and is refused', () => {
    const enormous = [0xff, 0xff, 0xff, 0xff]
    // In place of the list of groups: a list, a map, bytes and text of 2^32 - 1; then of 2^64 - 1.
    const at = canonical.indexOf('g'.charCodeAt(0)) + 'groups'.length
    for (const major of [0x80, 0xa0, 0x40, 0x60]) {
      for (const length of [
        [0x1a, ...enormous],
        [0x1b, ...enormous, ...enormous],
      ]) {
        const head = [major | (length[0] as number), ...length.slice(1)]
        const bytes = join(canonical.subarray(0, at), head, canonical.subarray(at + 1))
        expect(reasonOfCbor(bytes)).toMatch(/^BUNDLE_(MALFORMED|OUT_OF_BOUNDS)$/)
      }
    }
  })

  it('with a number, length or key in a longer form than needed is refused', () => {
    // Every head of one byte, rewritten with its argument in the next byte.
    let heads = 0
    for (let at = 0; at < canonical.length; at++) {
      const head = canonical[at]
      if ((head & 31) > 23 || head >>> 5 > 5) continue
      const bytes = join(
        canonical.subarray(0, at),
        [(head & 0xe0) | 24, head & 31],
        canonical.subarray(at + 1),
      )
      expect(reasonOfCbor(bytes), `byte ${at}`).toMatch(/^BUNDLE_/)
      heads++
    }
    expect(heads).toBeGreaterThan(50)
    expect(reasonOfCbor(join([0xb8, 6], canonical.subarray(1)))).toBe('BUNDLE_MALFORMED')
  })

  it('of indefinite length is refused', () => {
    expect(reasonOfCbor(join([0xbf], canonical.subarray(1), [0xff]))).toBe('BUNDLE_MALFORMED')
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
      const reason = reasonOfPlain(({ groups }) => {
        groups[0].rollouts[0].reward = value
      })
      expect(reason, String(value)).toBe('BUNDLE_MALFORMED')
    }
    // Token 5 as float16 5.0 and as tag 1 of 5; reward 0 as float16 -0.
    const at = indexOfTokens() + 1
    for (const item of [
      [0xf9, 0x45, 0x00],
      [0xc1, 0x05],
      [0xf9, 0x80, 0x00],
    ]) {
      const bytes = join(canonical.subarray(0, at), item, canonical.subarray(at + 1))
      expect(reasonOfCbor(bytes)).toBe('BUNDLE_MALFORMED')
    }
  })

  it('with keys missing, added, repeated, renamed or in another order is refused', () => {
    expect(reasonOfPlain(({ miner: _, ...rest }) => rest)).toBe('BUNDLE_MALFORMED')
    expect(reasonOfPlain((data) => ({ ...data, extra: 1 }))).toBe('BUNDLE_MALFORMED')
    expect(reasonOfPlain(({ miner, ...rest }) => ({ ...rest, minor: miner }))).toBe('BUNDLE_MALFORMED')
    expect(
      reasonOfPlain((data) => Object.defineProperty(data, '__proto__', { value: 1, enumerable: true })),
    ).toBe('BUNDLE_MALFORMED')
    const entry = canonical.subarray(1, 1 + 1 + 'miner'.length + 1)
    const rest = canonical.subarray(1 + entry.length)
    expect(reasonOfCbor(join([0xa7], entry, entry, rest))).toBe('BUNDLE_MALFORMED')
    expect(reasonOfCbor(join([0xa6], rest, entry))).toBe('BUNDLE_MALFORMED')
    for (const value of [[], [1], 'bundle', 1, null, {}]) {
      expect(reasonOfCbor(encode(value)), JSON.stringify(value)).toBe('BUNDLE_MALFORMED')
    }
  })

  function indexOfTokens(): number {
    const key = [...'tokens'].map((letter) => letter.charCodeAt(0))
    const at = canonical.findIndex((_, i) => key.every((byte, j) => canonical[i + j] === byte))
    return at + key.length
  }
})

describe('a value outside the rules', () => {
  const reasonOfRollout = (changes: Record<string, unknown>) =>
    reasonOfPlain(({ groups }) => {
      Object.assign(groups[0].rollouts[0], changes)
    })

  it.each<[string, (data: ReturnType<typeof plain>) => unknown]>([
    ['no groups', (data) => ({ ...data, groups: [] })],
    ['more groups than allowed', (data) => ({ ...data, groups: Array(4).fill(data.groups[0]) })],
    ['a group index beyond the limit', (data) => ({ ...data, groups: [{ ...data.groups[0], index: 3 }] })],
    ['too few rollouts', ({ groups }) => void groups[0].rollouts.pop()],
    ['too many rollouts', ({ groups }) => void groups[0].rollouts.push(groups[0].rollouts[0])],
    ['a short policy hash', (data) => ({ ...data, policy: new Uint8Array(31) })],
    ['a miner beyond 32 bits', (data) => ({ ...data, miner: 2 ** 32 })],
  ])('%s is out of bounds', (_, change) => {
    expect(reasonOfPlain(change)).toBe('BUNDLE_OUT_OF_BOUNDS')
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
    expect(reasonOfRollout({})).toBeUndefined()
  })
})
