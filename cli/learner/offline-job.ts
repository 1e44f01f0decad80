import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import type { Delivery } from '../../learner/admit-bundle.ts'
import type { ReplayJob } from '../../learner/replay-job.ts'
import { encodeRecord, type UpdateRecord } from '../../learner/update-record.ts'
import { readRecord, UPDATE_FILES } from '../../learner/write-update.ts'
import { SubnetError } from '../../shared/errors.ts'
import { deriveSeeds } from '../../validator/explain.ts'
import { readCase } from '../observer/read-case.ts'

/**
 * @returns with what it takes to say anything and no case gives
 * @throws SubnetError UPDATE_RECORD_INVALID, CHECKPOINT_MISSING, CASE_MALFORMED, CASE_MISMATCH, BEACON_…
 */
export async function readOfflineJob(
  dirs: { readonly update: string; readonly parent: string },
  cases: readonly string[],
  deployment: string | undefined,
): Promise<{ policy: Hex; job: ReplayJob; missing: string[] }> {
  const record = await readRecord(dirs.update)
  const deliveries: Delivery[] = []
  for (const path of cases) deliveries.push(await readDelivery(path, deployment))
  const job: ReplayJob = {
    ...{ published: dirs.update, parent: dirs.parent, deliveries },
    record: encodeRecord(record),
    optimizer: await readState(dirs.update),
    optimizerBefore: record.optimizerBefore && (await readState(dirs.parent)),
  }
  return { policy: record.checkpoint, job, missing: missingCases(record, deliveries) }
}

function missingCases({ groups }: UpdateRecord, deliveries: readonly Delivery[]): string[] {
  const given = new Set(deliveries.map(({ committed: { window, miner } }) => `${window}/${miner}`))
  const needed = new Set(groups.map(({ window, miner }) => `${window}/${miner}`))
  return [...needed]
    .filter((place) => !given.has(place))
    .map((place) => `no --case holds the bundle of ${place}, window and miner, that it was trained on`)
}

async function readState(dir: string): Promise<Uint8Array> {
  const path = join(dir, UPDATE_FILES.optimizer)
  return readFile(path).catch((cause) => {
    throw new SubnetError('CHECKPOINT_MISSING', `${path} cannot be read. Give the directory of an update.`, {
      retryable: true,
      details: { file: path },
      cause,
    })
  })
}

async function readDelivery(path: string, deployment: string | undefined): Promise<Delivery> {
  const facts = readCase(path, deployment)
  const { chainId, subnet, window, miner, policy, commitment, rules, bundle: bytes } = facts
  const { windowSeed } = await deriveSeeds(facts)
  return { bytes, committed: { chainId, subnet, window, miner, policy, ...commitment }, windowSeed, rules }
}
