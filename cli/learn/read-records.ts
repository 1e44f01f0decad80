import { join } from 'node:path'
import type { Hex } from 'viem'
import type { UpdateRecord } from '../../learner/update-record.ts'
import { readRecord } from '../../learner/write-update.ts'

/** Records of the updates between two checkpoints, oldest first. @param checkpoints directory that holds them all */
export async function readRecords(checkpoints: string, from: Hex, to: Hex): Promise<UpdateRecord[]> {
  const records: UpdateRecord[] = []
  for (let at = to; at !== from; at = records[0].parent) {
    records.unshift(await readRecord(join(checkpoints, at)))
  }
  return records
}
