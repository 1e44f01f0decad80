import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Address, Hex } from 'viem'
import { z } from 'zod'
import { SubnetError } from '../../shared/errors.ts'
import { FORMATS, type Format } from './formats.ts'

export const RECORD = 'export.json'

const hex = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]*$/)])
const count = z.int().nonnegative()
const partShape = z.strictObject({
  window: count,
  miner: count,
  root: hex,
  /** null: refused, nothing of it is exported. */
  file: z.string().nullable(),
  sha256: hex.nullable(),
  groups: count,
  rollouts: count,
  /** Why, where it was refused: the first reason. */
  refused: z.string().nullable(),
})
const recordShape = z.strictObject({
  version: z.literal(1),
  format: z.enum(FORMATS),
  chainId: count,
  subnet: hex,
  parts: z.array(partShape),
})

export type ExportedPart = z.infer<typeof partShape>

/** What an export's directory holds: written after every part, so that a run that was killed can be continued. */
export type ExportRecord = z.infer<typeof recordShape>

/**
 * @returns null where there is none yet
 * @throws SubnetError EXPORT_CONFLICT when the directory holds an export of another format, or none that can be read
 */
export async function readRecord(dir: string, format: Format): Promise<ExportRecord | null> {
  const path = join(dir, RECORD)
  const json = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw conflict(path, error.message, error)
  })
  if (json === null) return null
  const record = parse(path, json)
  if (record.format !== format) throw conflict(path, `it is an export for ${record.format}`)
  return record
}

/** @throws SubnetError EXPORT_CONFLICT */
export function requireSubnet(
  dir: string,
  record: ExportRecord,
  { chainId, subnet }: { readonly chainId: number; readonly subnet: Address },
): void {
  if (record.chainId === chainId && record.subnet.toLowerCase() === subnet.toLowerCase()) return
  throw conflict(join(dir, RECORD), `it is of chain ${record.chainId}, subnet ${record.subnet}`)
}

/** @throws SubnetError EXPORT_CONFLICT: one miner commits once to a window, so one of the two is false */
export function requireRoot(dir: string, known: ExportedPart, root: Hex): void {
  if (known.root === root) return
  throw conflict(
    join(dir, RECORD),
    `it has window ${known.window} of miner ${known.miner} with root ${known.root}, and another answer is offered`,
  )
}

function parse(path: string, json: string): ExportRecord {
  try {
    return recordShape.parse(JSON.parse(json))
  } catch (cause) {
    throw conflict(path, 'it cannot be read', cause)
  }
}

function conflict(path: string, reason: string, cause?: unknown): SubnetError {
  return new SubnetError('EXPORT_CONFLICT', `${path}: ${reason}. Name another --out.`, {
    details: { file: path, reason },
    ...(cause === undefined ? {} : { cause }),
  })
}
