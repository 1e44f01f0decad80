import { constants, zstdCompressSync } from 'node:zlib'
import { keccak256 } from 'viem'
import { encodeBundle, encodeHeader, headerOf } from '../../shared/protocol/bundle.ts'
import { byteMutations, join } from './mutate-bytes.ts'
import { cborMutations } from './mutate-cbor.ts'
import { contentMutations } from './mutate-content.ts'
import { frameMutations } from './mutate-frame.ts'
import { createRandom, type Random } from './random.ts'
import type { Subject } from './subject.ts'

export interface Mutant {
  /** Family and mutation, to count by. */
  readonly family: string
  readonly mutation: string
  /** What it was made from. */
  readonly subject: Subject
  readonly bytes: Uint8Array
}

type Mutate = (subject: Subject, random: Random) => Uint8Array

/** What a mutation changes: the stored bytes, the frame, the bytes inside it, their items, or their meaning. */
const families: Readonly<Record<string, Readonly<Record<string, Mutate>>>> = {
  stored: each(
    byteMutations,
    (mutate) =>
      ({ compressed }, random) =>
        mutate(compressed, random),
  ),
  frame: each(
    frameMutations,
    (mutate) =>
      ({ compressed }, random) =>
        mutate(compressed, random),
  ),
  canonical: each(byteMutations, inOnePart),
  cbor: each(cborMutations, inOnePart),
  content: each(
    contentMutations,
    (mutate) =>
      ({ bundle }, random) =>
        encodeBundle(mutate(bundle, random)),
  ),
}
const names = Object.keys(families)

/** The mutant of this number: a finding is told, and met again, by seed and number alone. */
export function mutantOf(subjects: readonly Subject[], seed: number, index: number): Mutant {
  const random = createRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b))
  const family = names[index % names.length]
  const mutation = random.pick(Object.keys(families[family]))
  const subject = random.pick(subjects)
  return { family, mutation, subject, bytes: families[family][mutation](subject, random) }
}

function each<F>(
  mutations: Readonly<Record<string, F>>,
  adapt: (mutation: F) => Mutate,
): Readonly<Record<string, Mutate>> {
  return Object.fromEntries(Object.entries(mutations).map(([name, mutation]) => [name, adapt(mutation)]))
}

/** Changes the header, or a group, under a header that names what it has become or what it was. */
function inOnePart(mutate: (bytes: Uint8Array, random: Random) => Uint8Array): Mutate {
  return ({ bundle, parts }, random) => {
    const index = random.below(2) && 1 + random.below(parts.length - 1)
    const changed = parts.with(index, mutate(parts[index], random))
    const [header, ...groups] = changed
    const groupHashes = groups.map((group) => keccak256(group))
    const named =
      index > 0 && random.below(4) > 0 ? encodeHeader({ ...headerOf(bundle), groupHashes }) : header
    return join(...[named, ...groups].map((part) => compress(part, random)))
  }
}

function compress(bytes: Uint8Array, random: Random): Uint8Array {
  const params = {
    [constants.ZSTD_c_compressionLevel]: random.pick([-1, 1, 3]),
    [constants.ZSTD_c_checksumFlag]: random.below(2),
  }
  return new Uint8Array(zstdCompressSync(bytes, { params }))
}
