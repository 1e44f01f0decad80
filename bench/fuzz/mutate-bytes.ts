import type { Random } from './random.ts'

/** Values at which readers trip: signs, limits, CBOR's breaks and indefinite lengths, zstd's magic. */
const interesting = [
  0x00, 0x01, 0x17, 0x18, 0x1b, 0x1f, 0x5f, 0x7f, 0x80, 0x9f, 0xbf, 0xc1, 0xf6, 0xf9, 0xfb, 0xff,
]

type ByteMutation = (bytes: Uint8Array, random: Random) => Uint8Array

export const byteMutations: Readonly<Record<string, ByteMutation>> = {
  'flip a bit': (bytes, random) => {
    const at = random.below(bytes.length)
    return bytes.with(at, bytes[at] ^ (1 << random.below(8)))
  },
  'set bytes': (bytes, random) => {
    const changed = bytes.slice()
    for (let i = 0; i <= random.below(8); i++) changed[random.below(bytes.length)] = random.pick(interesting)
    return changed
  },
  'overwrite a run': (bytes, random) => {
    const changed = bytes.slice()
    const from = random.below(bytes.length)
    changed.set(random.bytes(Math.min(bytes.length - from, 1 + random.below(32))), from)
    return changed
  },
  insert: (bytes, random) =>
    splice(bytes, random.below(bytes.length + 1), 0, random.bytes(1 + random.below(16))),
  drop: (bytes, random) => splice(bytes, random.below(bytes.length), 1 + random.below(64)),
  cut: (bytes, random) => bytes.slice(0, random.below(bytes.length)),
  'repeat a run': (bytes, random) => {
    const from = random.below(bytes.length)
    const run = bytes.slice(from, from + 1 + random.below(256))
    return splice(bytes, random.below(bytes.length + 1), 0, run)
  },
  'append itself': (bytes) => join(bytes, bytes),
  'append noise': (bytes, random) => join(bytes, random.bytes(1 + random.below(64))),
}

export function splice(
  bytes: Uint8Array,
  at: number,
  drop: number,
  put: Uint8Array = new Uint8Array(),
): Uint8Array {
  return join(bytes.subarray(0, at), put, bytes.subarray(at + drop))
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
