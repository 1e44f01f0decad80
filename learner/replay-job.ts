import type { Hex } from 'viem'
import { readCheckpoint } from '../model/checkpoint/read-checkpoint.ts'
import { decodeOptimizer } from '../model/optimizer/optimizer-file.ts'
import type { PolicyShelf } from '../model/policy.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Delivery } from './admit-bundle.ts'
import { type Replay, replayUpdate } from './replay-update.ts'
import type { StepCount } from './take-update.ts'
import { decodeRecord } from './update-record.ts'

/** All that a replay is a function of, besides the checkpoints that generated. Plain data: it crosses threads. */
export interface ReplayJob {
  /** Directories of verified checkpoints. */
  readonly published: string
  readonly parent: string
  readonly record: Uint8Array
  /** As published, after the update. */
  readonly optimizer: Uint8Array
  /** As the parent's record names it; null where training began. */
  readonly optimizerBefore: Uint8Array | null
  readonly deliveries: readonly Delivery[]
}

/** What only somebody who published no proper update can bring about. */
const faults = ['UPDATE_RECORD_INVALID', 'OPTIMIZER_STATE_INVALID', 'TRAINING_DIVERGED', 'NOTHING_TO_LEARN']

export async function runReplay(
  policies: PolicyShelf,
  job: ReplayJob,
  onStep?: (count: StepCount) => void,
): Promise<Replay> {
  const checkpoint = await readCheckpoint(job.published)
  const parent = await readCheckpoint(job.parent)
  const { optimizerBefore, deliveries } = job
  try {
    const published = {
      checkpoint,
      optimizer: decodeOptimizer(checkpoint.config, job.optimizer),
      record: decodeRecord(job.record),
    }
    const optimizer = optimizerBefore && decodeOptimizer(parent.config, optimizerBefore)
    const openPolicy = (manifestHash: Hex) => policies.open(manifestHash)
    return await replayUpdate({ published, parent, optimizer, deliveries, openPolicy }, onStep)
  } catch (error) {
    if (!(error instanceof SubnetError) || !faults.includes(error.code)) throw error
    return {
      agrees: false,
      findings: [`${error.code}: ${error.message}`],
      difference: null,
      recomputed: null,
    }
  }
}
