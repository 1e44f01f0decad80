import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sha256 } from '../../model/checkpoint/hash.ts'
import { SubnetError } from '../../shared/errors.ts'
import { isStoreError } from '../../shared/store/fetch-bundle.ts'
import { encodeParquet } from './encode-parquet.ts'
import {
  type ExportedPart,
  type ExportRecord,
  RECORD,
  readRecord,
  requireRoot,
  requireSubnet,
} from './export-record.ts'
import { COLUMNS, type Format, partPath } from './formats.ts'
import { rowsOf } from './rows.ts'
import type { OfferedPart } from './verified-part.ts'

export interface ExportListener {
  /** Of every part that is exported now, and whether it was there already. */
  seen(part: ExportedPart, already: boolean): void
  /** Of a part whose bytes nobody gives: it is left out, and asked for again by the next export. */
  missed(part: OfferedPart, why: string): void
}

const silent: ExportListener = { seen() {}, missed() {} }

/**
 * Writes one Parquet file for each miner's window, one after the other: memory is that of the largest bundle. A file
 * appears whole, then the record names it. What the record names and is still there is neither checked nor written
 * again, so a run that was killed goes on where it was, without a group twice and without one missing.
 * @throws SubnetError EXPORT_CONFLICT, EXPORT_UNWRITABLE
 */
export async function exportParts(
  dir: string,
  format: Format,
  parts: AsyncIterable<OfferedPart>,
  { seen, missed }: ExportListener = silent,
): Promise<ExportRecord | null> {
  let record = await readRecord(dir, format)
  for await (const offered of parts) {
    const { chainId, subnet, window, miner, root } = offered
    record ??= { version: 1, format, chainId, subnet, parts: [] }
    requireSubnet(dir, record, offered)
    const known = record.parts.find((part) => part.window === window && part.miner === miner)
    if (known) requireRoot(dir, known, root)
    if (known && (await isThere(dir, known))) {
      seen(known, true)
      continue
    }
    const exported = await exportPart(dir, format, offered).catch((error) => {
      if (!isStoreError(error)) throw error
      missed(offered, `${error.code}: ${error.message}`)
      return null
    })
    if (!exported) continue
    const others = record.parts.filter((part) => part !== known)
    record = {
      ...record,
      parts: [...others, exported].sort((a, b) => a.window - b.window || a.miner - b.miner),
    }
    await replaceFile(join(dir, RECORD), new TextEncoder().encode(`${JSON.stringify(record, null, 1)}\n`))
    seen(exported, false)
  }
  return record
}

async function exportPart(dir: string, format: Format, offered: OfferedPart): Promise<ExportedPart> {
  const { chainId, subnet, window, miner, root } = offered
  const part = await offered.verify()
  const refusal = part.refused.at(0)
  const about = { window, miner, root }
  if (refusal || part.groups.length === 0) {
    const refused = refusal?.rejection.reason ?? null
    return { ...about, file: null, sha256: null, groups: 0, rollouts: 0, refused }
  }
  const rows = rowsOf(part)
  const metadata = { chainId: String(chainId), subnet, root, checkpoint: rows[0].checkpoint }
  const bytes = encodeParquet(COLUMNS[format], rows, metadata)
  const file = partPath(format, about)
  await replaceFile(join(dir, file), bytes)
  return {
    ...about,
    file,
    sha256: sha256(bytes),
    groups: part.groups.length,
    rollouts: rows.length,
    refused: null,
  }
}

async function isThere(dir: string, { file, sha256: expected }: ExportedPart): Promise<boolean> {
  if (file === null) return true
  const bytes = await readFile(join(dir, file)).catch(() => null)
  return bytes !== null && sha256(bytes) === expected
}

/** The file is the old one or the new one, whatever happens. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const temporary = `${path}.tmp`
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    throw new SubnetError(
      'EXPORT_UNWRITABLE',
      `cannot write ${path}: ${(cause as Error).message}. Run the same command again when that is mended: it goes on.`,
      { details: { file: path }, cause },
    )
  }
}
