import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { sha256 } from '../model/checkpoint/hash.ts'
import { readCheckpoint } from '../model/checkpoint/read-checkpoint.ts'
import { encodeSafetensorsInPieces } from '../model/checkpoint/safetensors.ts'
import { writeCheckpoint } from '../model/checkpoint/write-checkpoint.ts'
import { decodeOptimizer, encodeOptimizerInPieces } from '../model/optimizer/optimizer-file.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Update } from './take-update.ts'
import { decodeRecord, encodeRecord, type UpdateRecord } from './update-record.ts'

/** What lies beside the checkpoint's own files. */
export const UPDATE_FILES = { optimizer: 'optimizer.safetensors', record: 'update.json' } as const
/** Beside them where an update has a rank: its delta is made of it. */
export const ADAPTERS_FILE = 'adapters.safetensors'

/**
 * Writes an update as a checkpoint directory that holds the optimiser's state and the record as well: all of it
 * appears at once or not at all.
 * @throws SubnetError CHECKPOINT_EXISTS
 */
export async function writeUpdate(
  dir: string,
  { checkpoint, optimizer, record, adapters }: Update,
): Promise<void> {
  await writeCheckpoint(dir, checkpoint, {
    [UPDATE_FILES.optimizer]: encodeOptimizerInPieces(checkpoint.config, optimizer),
    [UPDATE_FILES.record]: encodeRecord(record),
    ...(adapters === undefined ? {} : { [ADAPTERS_FILE]: encodeSafetensorsInPieces(adapters) }),
  })
}

/**
 * Reads an update and verifies that its parts belong together. Whether they are what training gives is for a replay.
 * @throws SubnetError CHECKPOINT_MISSING, CHECKPOINT_CORRUPT, UPDATE_RECORD_INVALID, OPTIMIZER_STATE_INVALID
 */
export async function readUpdate(dir: string): Promise<Update> {
  const checkpoint = await readCheckpoint(dir)
  const record = await readRecord(dir)
  const state = await readRequired(dir, UPDATE_FILES.optimizer)
  requireHash(dir, 'manifest.json', checkpoint.manifestHash, record.checkpoint)
  requireHash(dir, UPDATE_FILES.optimizer, sha256(state), record.optimizerAfter)
  return { checkpoint, optimizer: decodeOptimizer(checkpoint.config, state), record }
}

/** @throws SubnetError CHECKPOINT_MISSING, UPDATE_RECORD_INVALID */
export async function readRecord(dir: string): Promise<UpdateRecord> {
  return decodeRecord(await readRequired(dir, UPDATE_FILES.record))
}

async function readRequired(dir: string, name: string): Promise<Uint8Array> {
  const path = join(dir, name)
  return readFile(path).catch((cause) => {
    throw new SubnetError('CHECKPOINT_MISSING', `${path} cannot be read. Give the directory of an update.`, {
      retryable: true,
      details: { file: path },
      cause,
    })
  })
}

function requireHash(dir: string, file: string, actual: Hex, expected: Hex): void {
  if (actual === expected) return
  throw new SubnetError(
    'CHECKPOINT_CORRUPT',
    `${join(dir, file)} hashes to ${actual}, the update's record names ${expected}. Fetch the update again.`,
    { details: { file, expected, actual } },
  )
}
