import fc from 'fast-check'
import { SubnetError } from '../../shared/errors.ts'

/** What stands where something else belongs: other types, limits of numbers, keys of an object's innards. */
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    0,
    -0,
    -1,
    0.5,
    1e308,
    2 ** 53,
    2 ** 32,
    [],
    {},
    [[]],
    '0x',
    '𐀀\u0000',
  ),
  fc.constantFrom<unknown>('0'.repeat(5000), '9'.repeat(400), { constructor: {} }, [null], { toString: 1 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ maxLength: 200 }),
  fc.integer(),
  fc.double(),
)

type Json = Record<string, unknown> | readonly unknown[]
type Path = readonly (string | number)[]

/** JSON texts near a valid document: one place of it replaced, removed or added to, or its text damaged. */
export function hostileTexts(document: Json): fc.Arbitrary<string> {
  const text = JSON.stringify(document)
  return fc.oneof(
    { weight: 6, arbitrary: hostileDocuments(document).map((changed) => JSON.stringify(changed)) },
    { weight: 2, arbitrary: damaged(text) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', 'null', '1', '"', '[]', '{}', '[['.repeat(5000), '{"a":'.repeat(5000)),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 300 }) },
  )
}

/** Documents near a valid one. */
export function hostileDocuments(document: Json): fc.Arbitrary<unknown> {
  return fc
    .record({
      path: fc.constantFrom(...pathsOf(document)),
      how: fc.constantFrom('replace', 'remove', 'add'),
      key: fc.constantFrom('extra', '__proto__', 'constructor', '0', ''),
      value: hostileValue,
    })
    .map(({ path, how, key, value }) => {
      if (how === 'add') return at(document, path, (found) => withKey(found, key, value))
      if (path.length === 0) return value
      return at(document, path.slice(0, -1), (parent) => {
        const last = path[path.length - 1]
        return how === 'replace' ? withKey(parent, last, value) : without(parent, last)
      })
    })
}

function damaged(text: string): fc.Arbitrary<string> {
  return fc
    .record({ from: fc.nat(text.length), drop: fc.nat(20), put: fc.string({ maxLength: 5 }) })
    .map(({ from, drop, put }) => text.slice(0, from) + put + text.slice(from + drop))
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))]
}

function at(value: unknown, [key, ...rest]: Path, change: (found: unknown) => unknown): unknown {
  if (key === undefined) return change(value)
  return withKey(value, key, at((value as Record<string, unknown>)[key], rest, change))
}

function withKey(value: unknown, key: string | number, item: unknown): unknown {
  if (typeof value !== 'object' || value === null) return item
  if (Array.isArray(value)) return value.with(Number(key) < value.length ? Number(key) : 0, item)
  return Object.fromEntries([...Object.entries(value).filter(([name]) => name !== String(key)), [key, item]])
}

function without(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value.filter((_, i) => i !== Number(key))
  return Object.fromEntries(Object.entries(value as object).filter(([name]) => name !== key))
}

/** Runs it, and lets nothing pass but an answer or a failure of ours with one of these codes. */
export async function endsCoded(run: () => unknown, codes: readonly string[]): Promise<'answered' | string> {
  try {
    await run()
    return 'answered'
  } catch (error) {
    if (error instanceof SubnetError && codes.includes(error.code)) return error.code
    throw error
  }
}
