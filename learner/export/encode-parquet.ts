import { ByteWriter, parquetWrite } from 'hyparquet-writer'
import type { Column } from './column.ts'
import type { ExportRow } from './rows.ts'

/** Rows that a reader has to hold at a time. */
const ROW_GROUP = 1024

/** A whole Parquet file. The same rows are the same bytes. */
export function encodeParquet(
  columns: readonly Column[],
  rows: readonly ExportRow[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const writer = new ByteWriter()
  parquetWrite({
    writer,
    schema: [{ name: 'schema', num_children: columns.length }, ...columns.flatMap(({ schema }) => schema)],
    columnData: columns.map(({ name, value }) => ({ name, data: rows.map(value) })),
    rowGroupSize: ROW_GROUP,
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: 'rollproof',
  })
  return writer.getBytes()
}
