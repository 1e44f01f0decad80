import { join, splice } from './mutate-bytes.ts'
import type { Random } from './random.ts'

/** One data item of canonical CBOR: its head, and where all of it ends. */
interface Item {
  readonly at: number
  readonly headBytes: number
  readonly major: number
  readonly value: number
  readonly end: number
}

type ItemMutation = (bytes: Uint8Array, items: readonly Item[], random: Random) => Uint8Array

const enormous = [2 ** 16, 2 ** 31, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER]
/** Undefined, null, floats of three widths, a NaN, a tag, a simple value, a break, an indefinite list. */
const foreign = [
  'f7',
  'f6',
  'f93c00',
  'fa7fc00000',
  'fb7ff8000000000000',
  'c100',
  'f820',
  'ff',
  '9fff',
  '1bffffffffffffffff',
]

const itemMutations: Readonly<Record<string, ItemMutation>> = {
  'another major type': (bytes, items, random) => {
    const { at } = random.pick(items)
    return bytes.with(at, (random.below(8) << 5) | (bytes[at] & 31))
  },
  'another value': (bytes, items, random) => {
    const { at, headBytes, major, value } = random.pick(items)
    return splice(bytes, at, headBytes, head(major, Math.max(0, value + random.below(9) - 4)))
  },
  'an enormous value': (bytes, items, random) => {
    const { at, headBytes, major } = random.pick(items)
    return splice(bytes, at, headBytes, head(major, random.pick(enormous)))
  },
  'a longer form': (bytes, items, random) => {
    const { at, headBytes, major, value } = random.pick(items)
    return splice(bytes, at, headBytes, head(major, value, random.pick([1, 2, 4, 8])))
  },
  'an indefinite length': (bytes, items, random) => {
    const { at, headBytes, major, end } = random.pick(items)
    const opened = splice(bytes, end, 0, Uint8Array.of(0xff))
    return splice(opened, at, headBytes, Uint8Array.of((major << 5) | 31))
  },
  'a foreign item': (bytes, items, random) => {
    const { at, end } = random.pick(items)
    return splice(bytes, at, end - at, Buffer.from(random.pick(foreign), 'hex'))
  },
  'an item left out': (bytes, items, random) => {
    const { at, end } = random.pick(items)
    return splice(bytes, at, end - at)
  },
  'an item twice': (bytes, items, random) => {
    const { at, end } = random.pick(items)
    return splice(bytes, end, 0, bytes.slice(at, end))
  },
  'two items swapped': (bytes, items, random) => {
    const [first, second] = [random.pick(items), random.pick(items)].sort((a, b) => a.at - b.at)
    if (second.at < first.end) return bytes.slice(first.at, first.end)
    const between = bytes.slice(first.end, second.at)
    const swapped = join(bytes.slice(second.at, second.end), between, bytes.slice(first.at, first.end))
    return splice(bytes, first.at, second.end - first.at, swapped)
  },
  'an item in deep lists': (bytes, items, random) => {
    const { at } = random.pick(items)
    return splice(
      bytes,
      at,
      0,
      new Uint8Array(1 + random.below(20_000)).fill(random.pick([0x81, 0xa1, 0xc1])),
    )
  },
  'a list of empty items': (bytes, items, random) => {
    const count = 1 + random.below(100_000)
    const { at, end } = random.pick(items)
    const list = join(head(4, count), new Uint8Array(count).fill(random.pick([0x00, 0x60, 0x80, 0xa0, 0xf6])))
    return splice(bytes, at, end - at, list)
  },
}

/** Changes to canonical CBOR by what its bytes mean. */
export const cborMutations = Object.fromEntries(
  Object.entries(itemMutations).map(([name, mutate]) => [
    name,
    (bytes: Uint8Array, random: Random) => mutate(bytes, itemsOf(bytes), random),
  ]),
)

/** Every item of well-formed definite CBOR, outer ones first. */
function itemsOf(bytes: Uint8Array): Item[] {
  const items: Item[] = []
  const read = (at: number): number => {
    const major = bytes[at] >>> 5
    const short = bytes[at] & 31
    const width = short < 24 ? 0 : 2 ** (short - 24)
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    const value =
      width === 0
        ? short
        : width === 8
          ? Number(view.getBigUint64(at + 1))
          : Buffer.from(bytes.buffer, bytes.byteOffset).readUIntBE(at + 1, width)
    const index = items.push({ at, headBytes: 1 + width, major, value, end: 0 }) - 1
    let end = at + 1 + width
    if (major === 2 || major === 3) end += value
    const children = major === 4 ? value : major === 5 ? 2 * value : 0
    for (let i = 0; i < children; i++) end = read(end)
    items[index] = { ...items[index], end }
    return end
  }
  read(0)
  return items
}

/** @param width bytes after the first; the shortest when absent */
function head(major: number, value: number, width?: 1 | 2 | 4 | 8): Uint8Array {
  const shortest = value < 24 ? 0 : value < 2 ** 8 ? 1 : value < 2 ** 16 ? 2 : value < 2 ** 32 ? 4 : 8
  const chosen = width ?? shortest
  if (chosen === 0) return Uint8Array.of((major << 5) | value)
  const view = new DataView(new ArrayBuffer(9))
  view.setBigUint64(1, BigInt(value))
  view.setUint8(8 - chosen, (major << 5) | (24 + Math.log2(chosen)))
  return new Uint8Array(view.buffer).slice(8 - chosen)
}
