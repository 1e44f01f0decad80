import type { SchemaElement } from 'hyparquet'
import type { ExportRow } from './rows.ts'

type Leaf = Omit<SchemaElement, 'name'>

/** A Parquet column: its part of the schema, and its value in a row. */
export interface Column {
  readonly name: string
  readonly schema: readonly SchemaElement[]
  readonly value: (row: ExportRow) => unknown
}

/** Everything is nullable, as the Python libraries that read these files write theirs. */
const leaf = (name: string, type: Leaf): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...type })

const INT32: Leaf = { type: 'INT32' }
const INT64: Leaf = { type: 'INT64' }
const FLOAT: Leaf = { type: 'FLOAT' }
const BYTES: Leaf = { type: 'BYTE_ARRAY' }
const TEXT: Leaf = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }

const plain =
  (type: Leaf) =>
  (name: string, value: Column['value']): Column => ({ name, schema: [leaf(name, type)], value })

export const int32 = plain(INT32)
export const int64 = plain(INT64)
export const float = plain(FLOAT)
export const bytes = plain(BYTES)
export const text = plain(TEXT)

const list = (name: string, elements: readonly SchemaElement[]): SchemaElement[] => [
  leaf(name, { converted_type: 'LIST', logical_type: { type: 'LIST' }, num_children: 1 }),
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ...elements,
]

export const int32s = (name: string, value: (row: ExportRow) => readonly number[]): Column => ({
  name,
  schema: list(name, [leaf('element', INT32)]),
  value,
})

export const floats = (name: string, value: (row: ExportRow) => readonly number[]): Column => ({
  name,
  schema: list(name, [leaf('element', FLOAT)]),
  value,
})

/** A struct, whose value is made of those of its fields. */
export function struct(name: string, fields: readonly Column[]): Column {
  return {
    name,
    schema: [leaf(name, { num_children: fields.length }), ...fields.flatMap(({ schema }) => schema)],
    value: (row) => Object.fromEntries(fields.map((field) => [field.name, field.value(row)])),
  }
}

/** A list of one struct. */
export function structList(name: string, fields: readonly Column[]): Column {
  const element = struct('element', fields)
  return { name, schema: list(name, element.schema), value: (row) => [element.value(row)] }
}
