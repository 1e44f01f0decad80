import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { Delivery } from '../../learner/admit-bundle.ts'
import type { AdmittedGroup } from '../../learner/admitted-group.ts'

/** Where the stages of one update find what the others made. */
export interface Place {
  /** Directory of the checkpoint that generates and is trained. */
  readonly parent: string
  /** Directory of the checkpoint that came out; the stages before that have none. */
  readonly child: string
  /** Rollouts, updates and packages. */
  readonly work: string
}

interface Rolled {
  readonly delivery: Delivery
  readonly groups: readonly AdmittedGroup[]
}

export async function writeRolled(work: string, rolled: Rolled): Promise<void> {
  await writeFile(join(work, 'rolled'), serialize(rolled))
}

export async function readRolled(work: string): Promise<Rolled> {
  return deserialize(await readFile(join(work, 'rolled')))
}
