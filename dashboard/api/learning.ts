import type { Hex } from 'viem'
import type { UpdateRecord } from '../../learner/update-record.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { type Challenge, readChallenge } from '../../shared/chain/read-challenge.ts'
import { type PublishedPolicy, readPolicy } from '../../shared/chain/read-policy.ts'
import { readUpdates } from '../../shared/chain/read-updates.ts'
import type { CheckpointRow, CurveDot, Learning } from '../views.ts'
import { shareOf } from './tokens.ts'

/** Of all that were ever published, so many of the newest. */
const shownCheckpoints = 64

/**
 * @param sources.record of an update, where it lies on this machine
 * @param sources.curve held-out problems, where somebody asked them here
 */
export async function readLearning(
  chain: ChainContext,
  sources: {
    record(checkpoint: Hex): Promise<UpdateRecord | null>
    curve(): Promise<readonly CurveDot[]>
  },
): Promise<Learning> {
  const hashes = (await readUpdates(chain)).slice(-shownCheckpoints)
  const checkpoints = await Promise.all(
    hashes.map(async (hash) =>
      checkpointRow(
        await readPolicy(chain, hash),
        await readChallenge(chain, hash),
        await sources.record(hash),
      ),
    ),
  )
  return { checkpoints, curve: await sources.curve() }
}

function checkpointRow(
  { manifestHash, parent, activationWindow }: PublishedPolicy,
  { rejected, objectingStake, activeStake }: Challenge,
  record: UpdateRecord | null,
): CheckpointRow {
  const objected = shareOf(objectingStake, activeStake)
  return {
    policy: manifestHash,
    parent,
    activationWindow,
    rejected,
    objected,
    update: record && updateOf(record),
  }
}

function updateOf({ firstStep, steps, groups }: UpdateRecord): NonNullable<CheckpointRow['update']> {
  const sum = (of: (step: UpdateRecord['steps'][number]) => number) =>
    steps.reduce((all, step) => all + of(step), 0)
  return {
    firstStep,
    steps: steps.length,
    groups: groups.length,
    rollouts: sum(({ rows }) => rows),
    loss: sum(({ loss }) => loss) / steps.length,
  }
}
