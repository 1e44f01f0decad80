import { join } from 'node:path'
import type { Hex } from 'viem'
import { readCheckpoint } from '../model/checkpoint/read-checkpoint.ts'
import { SubnetError } from '../shared/errors.ts'
import type { AdmittedGroup } from './admitted-group.ts'
import type { Recipe } from './recipe.ts'
import { type StepCount, takeUpdate, type Update } from './take-update.ts'
import type { UpdateRecord } from './update-record.ts'
import { readUpdate, writeUpdate } from './write-update.ts'

/** Plain data: it crosses threads, and the weights do not. */
export interface TrainJob {
  readonly parent: {
    readonly dir: string
    /** Whether the optimiser's state lies beside it; otherwise training begins with zeros. */
    readonly isUpdate: boolean
  }
  readonly groups: readonly AdmittedGroup[]
  readonly recipe: Recipe
  /** Directory of updates to write it into. */
  readonly updates: string
}

export interface TrainedUpdate {
  readonly dir: string
  readonly checkpoint: Hex
  readonly record: UpdateRecord
}

/**
 * Takes an update and writes it. Safe to call again after a kill: the same inputs give the same directory.
 * @throws SubnetError as `takeUpdate` and `readUpdate`, and UPDATE_WRITE_FAILED (retryable)
 */
export async function trainUpdate(
  { parent, groups, recipe, updates }: TrainJob,
  onStep?: (count: StepCount) => void,
): Promise<TrainedUpdate> {
  const before = parent.isUpdate
    ? await readUpdate(parent.dir)
    : { checkpoint: await readCheckpoint(parent.dir), optimizer: null }
  const { checkpoint: from, optimizer } = before
  const update = await takeUpdate({ parent: from, optimizer, groups, recipe }, onStep)
  const { manifestHash: checkpoint } = update.checkpoint
  const dir = join(updates, checkpoint)
  await writeOnce(dir, update)
  return { dir, checkpoint, record: update.record }
}

async function writeOnce(dir: string, update: Update): Promise<void> {
  try {
    await writeUpdate(dir, update)
  } catch (cause) {
    // A run that was killed after writing left the same update behind.
    if (cause instanceof SubnetError && cause.code === 'CHECKPOINT_EXISTS')
      return void (await readUpdate(dir))
    if (cause instanceof SubnetError) throw cause
    throw new SubnetError(
      'UPDATE_WRITE_FAILED',
      `the update cannot be written to ${dir}: ${(cause as Error).message}; check free space and rights. The parent stays as it was.`,
      { retryable: true, details: { dir }, cause },
    )
  }
}
