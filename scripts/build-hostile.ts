/**
 * Writes test/vectors/hostile/bundles.json: byte strings that broke readers of one kind or another, each with the
 * reason that ends it. A fixed file, and not made anew by tests, since other versions of zstd compress otherwise.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { zstdCompressSync } from 'node:zlib'
import { decodeBundle, encodeBundle, encodeGroup, encodeHeader, headerOf } from '../shared/protocol/bundle.ts'
import type { BundleLimits } from '../shared/protocol/bundle-limits.ts'
import type { Bundle, Group, Rollout } from '../shared/protocol/rollout.ts'
import type { Reason } from '../shared/protocol/verdict.ts'
import { sealedItems } from '../test/helpers/sealed-items.ts'

const limits: BundleLimits = { rules: { groupSize: 2, maxGroups: 3 }, maxTokens: 6, vocabulary: 300 }

const rollout = (token: number): Rollout => ({
  tokens: [token, 0],
  finish: 'end',
  reward: 1_000_000,
  sketches: Int8Array.of(1, -1, 127, -128, 0, 2, -2, 64),
  logProbabilities: Float32Array.of(-0.5, -3),
})
const group = (index: number): Group => ({
  index,
  promptHash: `0x${'01'.repeat(32)}`,
  rollouts: [rollout(5), rollout(299)],
})
const honest: Bundle = {
  chainId: 31_337,
  subnet: `0x${'ab'.repeat(20)}`,
  window: 7,
  miner: 3,
  policy: `0x${'cd'.repeat(32)}`,
  groups: [group(0), group(1)],
}
const stored = encodeBundle(honest)
const header = encodeHeader(headerOf(honest))
const [canonical, other] = honest.groups.map(encodeGroup)

type Part = Uint8Array | readonly number[] | string
const join = (...parts: readonly Part[]) =>
  new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part)))),
  )
const frame = (...parts: readonly Part[]) => new Uint8Array(zstdCompressSync(join(...parts)))
/** A bundle with these bytes where its header, or its first group, should be; the header names the group. */
const asHeader = (...parts: readonly Part[]) => join(frame(...parts), frame(canonical), frame(other))
const asGroup = (...parts: readonly Part[]) => sealedItems(honest, [join(...parts), other])
const fill = (count: number, ...bytes: readonly number[]) => {
  return Uint8Array.from({ length: count * bytes.length }, (_, i) => bytes[i % bytes.length])
}

/** Where the first value of a key begins. */
const valueIn = (bytes: Uint8Array, key: string) => Buffer.from(bytes).indexOf(key) + key.length
/** The header's or the group's bytes with `drop` bytes at a value replaced. */
const inHeader = (key: string, drop: number, ...put: readonly Part[]) => {
  const at = valueIn(header, key)
  return asHeader(header.subarray(0, at), ...put, header.subarray(at + drop))
}
const instead = (at: number, drop: number, ...put: readonly Part[]) =>
  asGroup(canonical.subarray(0, at), ...put, canonical.subarray(at + drop))
const withRollout = (changes: Partial<Rollout>): Uint8Array =>
  encodeBundle({
    ...honest,
    groups: [{ ...group(0), rollouts: [{ ...rollout(5), ...changes }, rollout(299)] }],
  })

const magic = [0x28, 0xb5, 0x2f, 0xfd]
const skippable = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]
const block = (type: number, size: number, last: number) => {
  const header = (size << 3) | (type << 1) | last
  return [header & 255, (header >>> 8) & 255, (header >>> 16) & 255]
}
const rawFrame = (descriptor: readonly number[]) =>
  join(frame(header), magic, descriptor, block(0, canonical.length, 1), canonical, frame(other))
const rollouts = valueIn(canonical, 'rollouts')
const reward = valueIn(canonical, 'reward')
const tokens = valueIn(canonical, 'tokens')
const finish = valueIn(canonical, 'finish')
const all = [0xff, 0xff, 0xff, 0xff]

const cases: readonly (readonly [name: string, bytes: Uint8Array, reason: Reason])[] = [
  ['nothing', new Uint8Array(), 'BUNDLE_MALFORMED'],
  ['a zero', Uint8Array.of(0), 'BUNDLE_MALFORMED'],
  ['the magic alone', Uint8Array.from(magic), 'BUNDLE_MALFORMED'],
  ['text', join('{"groups":[]}'), 'BUNDLE_MALFORMED'],
  ['CBOR that is not compressed', canonical, 'BUNDLE_MALFORMED'],
  ['a frame cut in its last byte', stored.slice(0, -1), 'BUNDLE_MALFORMED'],
  ['a byte after the last frame', join(stored, [0]), 'BUNDLE_MALFORMED'],
  ['the bundle twice', join(stored, stored), 'BUNDLE_MALFORMED'],
  [
    'one group in two frames',
    join(frame(header), frame(canonical.subarray(0, 9)), frame(canonical.subarray(9)), frame(other)),
    'BUNDLE_MALFORMED',
  ],
  ['two groups in one frame', join(frame(header), frame(canonical, other)), 'BUNDLE_MALFORMED'],
  ['everything in one frame', frame(header, canonical, other), 'BUNDLE_TOO_LARGE'],
  ['a header alone', frame(header), 'BUNDLE_MALFORMED'],
  ['groups without a header', join(frame(canonical), frame(other)), 'BUNDLE_MALFORMED'],
  ['groups in the wrong places', join(frame(header), frame(other), frame(canonical)), 'ROOT_MISMATCH'],
  ['groups named in the wrong places', sealedItems(honest, [other, canonical]), 'GROUPS_INCOMPLETE'],
  ['one group twice', sealedItems(honest, [canonical, canonical]), 'GROUPS_INCOMPLETE'],
  ['a group left out', sealedItems(honest, [other]), 'GROUPS_INCOMPLETE'],
  ['a group that was changed', join(frame(header), frame(canonical), frame(canonical)), 'ROOT_MISMATCH'],
  ['an empty frame before', join(frame(), stored), 'BUNDLE_MALFORMED'],
  ['an empty frame between', join(frame(header), frame(), frame(canonical)), 'ROOT_MISMATCH'],
  ['a skippable frame before', join(skippable, stored), 'BUNDLE_MALFORMED'],
  ['a skippable frame after', join(stored, skippable), 'BUNDLE_MALFORMED'],
  ['an empty content', frame(), 'BUNDLE_MALFORMED'],
  ['a frame in a frame', asHeader(frame(header)), 'BUNDLE_MALFORMED'],
  ['a reserved block', join(magic, [0, 0x58], block(3, 4, 1), [0, 0, 0, 0]), 'BUNDLE_MALFORMED'],
  ['a dictionary that nobody has', rawFrame([3, 0x58, 1, 2, 3, 4]), 'BUNDLE_MALFORMED'],
  ['a window of 16 MiB', rawFrame([0, 14 << 3]), 'BUNDLE_MALFORMED'],
  ['a window of 2 TiB', rawFrame([0, 31 << 3]), 'BUNDLE_MALFORMED'],
  ['a content size of 2^63', rawFrame([0xc0, 0x58, ...all, ...all.slice(1), 0x7f]), 'BUNDLE_MALFORMED'],
  ['a bomb of 16 MiB of zeros', frame(new Uint8Array(16 * 2 ** 20)), 'BUNDLE_TOO_LARGE'],
  [
    'a bomb of 16 MiB for a group',
    join(frame(header), frame(new Uint8Array(16 * 2 ** 20)), frame(other)),
    'BUNDLE_TOO_LARGE',
  ],
  [
    'a bomb of 32 MiB in run-length blocks',
    join(
      magic,
      [0, 0x58],
      ...Array.from({ length: 256 }, (_, i) => [...block(1, 131_072, i === 255 ? 1 : 0), 0x81]),
    ),
    'BUNDLE_TOO_LARGE',
  ],
  [
    'empty blocks in more bytes than any bundle has',
    join(magic, [0, 0x58], fill(2000, ...block(0, 0, 0)), block(0, 0, 1)),
    'BUNDLE_TOO_LARGE',
  ],
  ['lists in lists for a header', asHeader(fill(300, 0x81)), 'BUNDLE_MALFORMED'],
  ['maps in maps for a header', asHeader(fill(300, 0xa1)), 'BUNDLE_MALFORMED'],
  ['tags on tags for a header', asHeader(fill(300, 0xc1)), 'BUNDLE_MALFORMED'],
  ['lists in lists for a group', asGroup(fill(300, 0x81)), 'BUNDLE_MALFORMED'],
  ['lists in lists where the rollouts belong', instead(rollouts, 1, fill(200, 0x82)), 'BUNDLE_MALFORMED'],
  ['indefinite lists in indefinite lists', asGroup(fill(300, 0x9f)), 'BUNDLE_MALFORMED'],
  ['bytes of 2^32 - 1 where the hashes belong', inHeader('groups', 2, [0x5a], all), 'BUNDLE_MALFORMED'],
  ['bytes of 2^64 - 1 where the hashes belong', inHeader('groups', 2, [0x5b], all, all), 'BUNDLE_MALFORMED'],
  ['a list where the hashes belong', inHeader('groups', 2, [0x80 + 24, 64]), 'BUNDLE_MALFORMED'],
  ['half a hash', inHeader('groups', 2 + 64, [0x50], fill(16, 7)), 'BUNDLE_OUT_OF_BOUNDS'],
  ['2^32 - 1 rollouts', instead(rollouts, 1, [0x9a], all), 'BUNDLE_OUT_OF_BOUNDS'],
  ['2^64 - 1 rollouts', instead(rollouts, 1, [0x9b], all, all), 'BUNDLE_MALFORMED'],
  ['2^32 - 1 tokens', instead(tokens, 1, [0x9a], all), 'BUNDLE_OUT_OF_BOUNDS'],
  ['a map of 2^32 - 1 entries', asHeader([0xba], all, header.subarray(1)), 'BUNDLE_MALFORMED'],
  ['bytes of 2^32 - 1 where a policy belongs', inHeader('policy', 2, [0x5a], all), 'BUNDLE_MALFORMED'],
  [
    'text of 2^53 where a finish belongs',
    instead(finish, 1, [0x7b, 0, 0x20, 0, 0, 0, 0, 0, 0]),
    'BUNDLE_MALFORMED',
  ],
  ['200 empty maps for rollouts', instead(rollouts, 1, [0x98, 200], fill(200, 0xa0)), 'BUNDLE_OUT_OF_BOUNDS'],
  ['an indefinite list of rollouts', instead(rollouts, 1, [0x9f]), 'BUNDLE_MALFORMED'],
  ['a break', asHeader([0xff]), 'BUNDLE_MALFORMED'],
  ['an indefinite map for a header', asHeader([0xbf], header.subarray(1), [0xff]), 'BUNDLE_MALFORMED'],
  ['an indefinite map for a group', asGroup([0xbf], canonical.subarray(1), [0xff]), 'BUNDLE_MALFORMED'],
  ['a reward that is a float', instead(reward, 5, [0xfa, 0x49, 0x74, 0x24, 0x00]), 'BUNDLE_MALFORMED'],
  ['a reward that is a NaN', instead(reward, 5, [0xf9, 0x7e, 0x00]), 'BUNDLE_MALFORMED'],
  ['a reward that is -0', instead(reward, 5, [0xf9, 0x80, 0x00]), 'BUNDLE_MALFORMED'],
  ['a reward below zero', instead(reward, 5, [0x20]), 'BUNDLE_MALFORMED'],
  ['a reward of 2^64 - 1', instead(reward, 5, [0x1b], all, all), 'BUNDLE_MALFORMED'],
  ['a reward that is a bignum', instead(reward, 5, [0xc2, 0x41, 0x01]), 'BUNDLE_MALFORMED'],
  ['a reward that is null', instead(reward, 5, [0xf6]), 'BUNDLE_MALFORMED'],
  ['a reward that is undefined', instead(reward, 5, [0xf7]), 'BUNDLE_MALFORMED'],
  ['a reward that is text', instead(reward, 5, [0x61], '1'), 'BUNDLE_MALFORMED'],
  [
    'a reward in a longer form',
    instead(reward, 5, [0x1b, 0, 0, 0, 0, 0, 0x0f, 0x42, 0x40]),
    'BUNDLE_MALFORMED',
  ],
  ['a token in a longer form', instead(tokens + 1, 1, [0x18, 5]), 'BUNDLE_MALFORMED'],
  ['a key in a longer form', instead(1, 1, [0x78, 5]), 'BUNDLE_MALFORMED'],
  ['a key twice', asHeader([0xa7], header.subarray(1, 8), header.subarray(1)), 'BUNDLE_MALFORMED'],
  ['keys in another order', asHeader([0xa6], header.subarray(8), header.subarray(1, 8)), 'BUNDLE_MALFORMED'],
  ['a key of an object’s innards', instead(1, 6, [0x69], '__proto__'), 'BUNDLE_MALFORMED'],
  ['text that is no UTF-8', instead(finish + 1, 3, [0xc0, 0x80, 0xff]), 'BUNDLE_MALFORMED'],
  ['a byte after the header', asHeader(header, [0]), 'BUNDLE_NOT_CANONICAL'],
  ['a byte after a group', asGroup(canonical, [0]), 'BUNDLE_NOT_CANONICAL'],
  ['a group twice in its place', asGroup(canonical, canonical), 'BUNDLE_NOT_CANONICAL'],
  ['no groups', encodeBundle({ ...honest, groups: [] }), 'BUNDLE_OUT_OF_BOUNDS'],
  [
    'more groups than the rules allow',
    encodeBundle({ ...honest, groups: [0, 1, 2, 3].map(group) }),
    'BUNDLE_MALFORMED',
  ],
  ['a group index beyond the rules', encodeBundle({ ...honest, groups: [group(3)] }), 'BUNDLE_OUT_OF_BOUNDS'],
  [
    'a group of one rollout',
    encodeBundle({ ...honest, groups: [{ ...group(0), rollouts: [rollout(5)] }] }),
    'BUNDLE_OUT_OF_BOUNDS',
  ],
  ['a miner beyond 32 bits', encodeBundle({ ...honest, miner: 2 ** 32 }), 'BUNDLE_OUT_OF_BOUNDS'],
  ['a window beyond 53 bits', inHeader('window', 1, [0x1b, 0, 0x20, 0, 0, 0, 0, 0, 0]), 'BUNDLE_MALFORMED'],
  ['a policy of 31 bytes', inHeader('policy', 3, [0x58, 31]), 'BUNDLE_OUT_OF_BOUNDS'],
  ['a token beyond the vocabulary', withRollout({ tokens: [300, 0] }), 'BUNDLE_OUT_OF_BOUNDS'],
  ['a token of 2^32 - 1', withRollout({ tokens: [2 ** 32 - 1, 0] }), 'BUNDLE_OUT_OF_BOUNDS'],
  ['no tokens', withRollout({ tokens: [] }), 'BUNDLE_OUT_OF_BOUNDS'],
  [
    'more tokens than a completion may have',
    withRollout({ tokens: Array(7).fill(1) }),
    'BUNDLE_OUT_OF_BOUNDS',
  ],
  ['sketches of another length', withRollout({ sketches: new Int8Array(5) }), 'BUNDLE_OUT_OF_BOUNDS'],
  [
    'log-probabilities of another length',
    withRollout({ logProbabilities: new Float32Array(3) }),
    'BUNDLE_OUT_OF_BOUNDS',
  ],
  [
    'a log-probability that is a NaN',
    withRollout({ logProbabilities: Float32Array.of(Number.NaN, 0) }),
    'BUNDLE_OUT_OF_BOUNDS',
  ],
  [
    'an infinite log-probability',
    withRollout({ logProbabilities: Float32Array.of(0, -Infinity) }),
    'BUNDLE_OUT_OF_BOUNDS',
  ],
  ['a reward above one', withRollout({ reward: 1_000_001 }), 'BUNDLE_OUT_OF_BOUNDS'],
  ['a finish of its own', withRollout({ finish: 'stop' as 'end' }), 'BUNDLE_MALFORMED'],
]

for (const [name, bytes, reason] of cases) {
  const actual = decodeBundle(bytes, limits).rejection?.reason
  if (actual !== reason) throw new Error(`${name}: ${actual}, not ${reason}`)
}
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const folder = new URL('../test/vectors/hostile/', import.meta.url)
mkdirSync(folder, { recursive: true })
const file = {
  limits,
  honest: hex(stored),
  cases: cases.map(([name, bytes, reason]) => ({ name, reason, bytes: hex(bytes) })),
}
writeFileSync(new URL('bundles.json', folder), `${JSON.stringify(file, null, 1)}\n`)
