import { Tokenizer, Type } from 'cborg'
import { malformed, Refusal } from './refusal.ts'

/**
 * Reads deterministic CBOR (RFC 8949 §4.2.1) in the order that its schema prescribes, and refuses whatever else
 * comes: another type, key or order, a longer form of a number, an indefinite length, a tag, a float. Nothing is
 * built before it is known to belong, so neither nesting nor counts that a stranger declares cost memory or stack.
 * Every value but a list's items stands under a key, which is read with it.
 */
export interface CborReader {
  map(what: string, entries: number): void
  integer(key: string, most: number): number
  bytes(key: string, length: number): Uint8Array
  /** A byte string of `least` … `most` words of 32 bytes. */
  words(key: string, least: number, most: number): Uint8Array[]
  text(key: string): string
  integers(key: string, least: number, most: number, largest: number): number[]
  list<Item>(key: string, least: number, most: number, readItem: () => Item): Item[]
  /** Nothing may follow. */
  end(): void
}

export function createCborReader(data: Uint8Array): CborReader {
  const tokens = new Tokenizer(data, {
    strict: true,
    allowIndefinite: false,
    allowUndefined: false,
    allowBigInt: false,
  })

  const take = (type: Type, what: string) => {
    if (tokens.done()) throw malformed('cbor', what, `${type.name}, found the end`)
    const token = nextToken(what)
    if (!Type.equals(token.type, type))
      throw malformed('cbor', what, `${type.name}, found ${token.type.name}`)
    return token.value
  }
  const nextToken = (what: string) => {
    try {
      return tokens.next()
    } catch (error) {
      throw malformed('cbor', what, (error as Error).message)
    }
  }
  const expectKey = (key: string) => {
    if (take(Type.string, key) !== key) throw malformed('cbor', key, 'this key, here')
  }
  const bareInteger = (what: string, most: number): number => {
    const value = take(Type.uint, what)
    if (value > most) throw outOfBounds({ what, value, most })
    return value
  }

  const reader: CborReader = {
    map(what, entries) {
      if (take(Type.map, what) !== entries) throw malformed('cbor', what, `a map of ${entries} entries`)
    },
    integer(key, most) {
      expectKey(key)
      return bareInteger(key, most)
    },
    bytes(key, length) {
      expectKey(key)
      const value: Uint8Array = take(Type.bytes, key)
      if (value.length !== length) throw outOfBounds({ what: key, length: value.length, expected: length })
      return value
    },
    words(key, least, most) {
      expectKey(key)
      const value: Uint8Array = take(Type.bytes, key)
      const words = value.length / 32
      if (!Number.isInteger(words) || words < least || words > most)
        throw outOfBounds({ what: key, length: value.length, least: 32 * least, most: 32 * most })
      return Array.from({ length: words }, (_, i) => value.subarray(32 * i, 32 * (i + 1)))
    },
    text(key) {
      expectKey(key)
      return take(Type.string, key)
    },
    integers: (key, least, most, largest) => reader.list(key, least, most, () => bareInteger(key, largest)),
    list(key, least, most, readItem) {
      expectKey(key)
      const length = take(Type.array, key)
      if (length < least || length > most) throw outOfBounds({ what: key, length, least, most })
      return Array.from({ length }, readItem)
    },
    end() {
      if (!tokens.done()) throw new Refusal('BUNDLE_NOT_CANONICAL', { layer: 'cbor', end: tokens.pos() })
    },
  }
  return reader
}

function outOfBounds(numbers: Refusal['rejection']['numbers']): Refusal {
  return new Refusal('BUNDLE_OUT_OF_BOUNDS', numbers)
}
