import { z } from 'zod'
import { SubnetError } from '../../shared/errors.ts'
import { type Fixed, fromRatio, one } from '../../shared/protocol/fixed-point.ts'

/** Integers arrive as bigint, whatever their size; only fractions as number. */
const integer = z
  .union([z.bigint(), z.string().regex(/^\d+$/, 'decimal digits').transform(BigInt)])
  .refine((value) => value >= 0n, 'must not be negative')
const index = integer.transform(Number)
const u16 = integer.refine((value) => value <= 65_535n, 'must be at most 65535')

/** "a/b", a fraction within 0 … 1, or above 1 an integer of 65535. */
const proportion = z
  .union([z.bigint(), z.number(), z.string().regex(/^\d+\/[1-9]\d*$|^\d+(\.\d+)?$/)])
  .transform(toFixed)
  .refine((value) => value >= 0n && value <= one, 'must lie within 0 and 1')

const flags = z.array(z.boolean())
const inputs = {
  stake: z.array(integer),
  stakeThreshold: integer,
  permit: flags,
  maxAllowedValidators: index,
  inactive: flags,
  weights: z.array(z.array(z.tuple([index, u16]))),
  lastUpdate: z.array(integer),
  blockAtRegistration: z.array(integer),
  currentBlock: integer,
  activityCutoff: integer,
  tempo: integer,
  kappa: proportion,
  bondsPenalty: proportion,
  bondsMovingAverage: integer.refine((value) => value <= 1_000_000n, 'must be at most 1000000'),
  emission: integer,
}
const inputSchema = z.object(inputs).partial()
const remarks = new Set(['name', 'source', 'arithmetic', 'note', 'n', 'steps'])

/** What an epoch is decided from; what a step leaves out is as in the step before. */
export type VectorInputs = z.output<typeof inputSchema>

export interface VectorStep {
  readonly inputs: VectorInputs
  /** By field name, as written: every field that starts with "expect". */
  readonly expected: ReadonlyMap<string, unknown>
}

export interface Vector {
  readonly n: number
  readonly inputs: VectorInputs
  readonly steps: readonly VectorStep[]
  /** Fields that nothing here reads. */
  readonly unread: readonly string[]
}

const fileSchema = z.looseObject({
  n: index.refine((n) => n >= 1 && n <= 65_536, 'must be within 1 and 65536'),
  steps: z.array(z.looseObject({})).min(1),
})

/**
 * @param source what the text came from, for the error message
 * @throws SubnetError VECTOR_MALFORMED listing every mistake
 */
export function parseVector(text: string, source: string): Vector {
  let json: unknown
  try {
    json = JSON.parse(text, keepIntegers as Parameters<typeof JSON.parse>[1])
  } catch (cause) {
    throw new SubnetError('VECTOR_MALFORMED', `${source} is not JSON`, { details: { source }, cause })
  }
  const file = check(fileSchema, json, source)
  const steps = file.steps.map((step, i): VectorStep => {
    const expected = new Map(Object.entries(step).filter(([key]) => key.startsWith('expect')))
    return { inputs: readInputs(step, file.n, `${source}, step ${i + 1}`), expected }
  })
  if (steps.every(({ expected }) => expected.size === 0)) {
    throw new SubnetError('VECTOR_MALFORMED', `${source} expects nothing, so nothing could fail`, {
      details: { source },
    })
  }
  const fields = [file, ...file.steps].flatMap((fields) => Object.keys(fields))
  const unread = new Set(
    fields.filter((key) => !(key in inputs || remarks.has(key) || key.startsWith('expect'))),
  )
  return { n: file.n, inputs: readInputs(file, file.n, source), steps, unread: [...unread] }
}

function readInputs(fields: unknown, n: number, source: string): VectorInputs {
  const read = check(inputSchema, fields, source)
  for (const key of [
    'stake',
    'permit',
    'inactive',
    'weights',
    'lastUpdate',
    'blockAtRegistration',
  ] as const) {
    const length = read[key]?.length ?? n
    const mistake = length === n ? null : `${key} has ${length} entries, not n = ${n}`
    if (mistake) throw malformed(source, mistake)
  }
  for (const [uid, row] of read.weights?.entries() ?? []) {
    const columns = row.map(([column]) => column)
    if (columns.some((column) => column >= n))
      throw malformed(source, `weights of ${uid} name a uid beyond n = ${n}`)
    if (new Set(columns).size < columns.length) throw malformed(source, `weights of ${uid} name a uid twice`)
  }
  return read
}

function check<S extends z.ZodType>(schema: S, value: unknown, source: string): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw malformed(source, z.prettifyError(parsed.error))
}

function malformed(source: string, mistake: string): SubnetError {
  return new SubnetError('VECTOR_MALFORMED', `${source}: ${mistake}`, { details: { source } })
}

/** JSON's numbers lose digits beyond 2^53, and stakes have more. */
function keepIntegers(_: string, value: unknown, { source }: { source: string }): unknown {
  return typeof value === 'number' && /^-?\d+$/.test(source) ? BigInt(source) : value
}

function toFixed(value: bigint | number | string): Fixed {
  const text = `${value}`
  if (text.includes('/')) {
    const [numerator, denominator] = text.split('/').map(BigInt)
    return fromRatio(numerator, denominator)
  }
  const [whole, fraction = ''] = text.split('.')
  if (!/^\d*$/.test(whole + fraction)) return -1n
  const scaled = fromRatio(BigInt(whole + fraction), 10n ** BigInt(fraction.length))
  return fraction === '' && scaled > one ? fromRatio(BigInt(whole), 65_535n) : scaled
}
