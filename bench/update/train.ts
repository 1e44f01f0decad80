import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Recipe } from '../../learner/recipe.ts'
import { trainUpdate } from '../../learner/train-update.ts'
import { UPDATE_FILES } from '../../learner/write-update.ts'
import { type Place, readRolled } from './place.ts'

/** What the learner's training thread does. */
export async function train({ parent, work }: Place, { recipe }: { readonly recipe: Recipe }) {
  const { groups } = await readRolled(work)
  const record = await stat(join(parent, UPDATE_FILES.record)).catch(() => null)
  const isUpdate = record !== null
  const job = { parent: { dir: parent, isUpdate }, groups, recipe, updates: join(work, 'updates') }
  const update = await trainUpdate(job)
  const { size } = await stat(join(update.dir, UPDATE_FILES.optimizer))
  return { dir: update.dir, steps: update.record.steps, stateMiB: size / 2 ** 20 }
}
