import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formBatches } from '../../../learner/form-batches.ts'
import type { Recipe } from '../../../learner/recipe.ts'
import { replayUpdate } from '../../../learner/replay-update.ts'
import { hashOptimizer, takeUpdate, type Update, type UpdateInputs } from '../../../learner/take-update.ts'
import { ADAPTERS_FILE, readUpdate, writeUpdate } from '../../../learner/write-update.ts'
import { sha256 } from '../../../model/checkpoint/hash.ts'
import { packCheckpoint } from '../../../model/distribution/pack-checkpoint.ts'
import { maxIndexBytes, parseIndex } from '../../../model/distribution/package-index.ts'
import { readPackage } from '../../../model/distribution/read-package.ts'
import { directoryStore } from '../../../shared/store/directory-store.ts'
import { openCheckpoint, quickRecipe } from '../../helpers/deliveries.ts'
import { type Lineage, trainTwice } from './updates.ts'

const recipe: Recipe = { ...quickRecipe, rank: 4, learningRate: 0.02 }

let lineage: Lineage
let inputs: UpdateInputs
let first: Update
let second: Update

beforeAll(async () => {
  lineage = await trainTwice('fast')
  const groups = lineage.admissions.flatMap((admission) => admission.groups)
  inputs = { parent: lineage.parent, optimizer: null, groups, recipe }
  first = await takeUpdate(inputs)
  second = await takeUpdate({ ...inputs, parent: first.checkpoint, optimizer: first.optimizer })
})
afterAll(() => lineage.policy.session.close())

const replayOf = (published: Update, parent = lineage.parent, optimizer: Update['optimizer'] | null = null) =>
  replayUpdate({
    ...{ published, parent, optimizer, deliveries: lineage.deliveries },
    openPolicy: async () => lineage.policy,
  })

describe('an update of a rank', () => {
  it('is replayed to the bit from its record, and so is the one after it', async () => {
    expect(first.record.recipe.rank).toBe(4)
    expect(await replayOf(first)).toMatchObject({ agrees: true, findings: [] })
    const again = await replayOf(second, first.checkpoint, first.optimizer)
    expect(again).toMatchObject({ agrees: true, findings: [] })
    expect(second.record.firstStep).toBe(first.record.steps.length)
  })

  it('makes what did better than its group likelier beside what did worse', async () => {
    const rows = formBatches(inputs.groups, recipe).flatMap((batch) => batch.rows)
    const after = await openCheckpoint(second.checkpoint)
    let gain = 0
    await after.session.score(rows, (row, step, at) => {
      const { completion, advantage = 0, oldLogProbabilities = [] } = rows[row]
      gain += advantage * (at.logProbabilities[completion[step]] - oldLogProbabilities[step])
    })
    await after.session.close()
    expect(gain).toBeGreaterThan(1)
  })

  it('that is said to be of another is found', async () => {
    const { record } = first
    const published = { ...first, record: { ...record, recipe: { ...recipe, rank: 3 } } }
    const { agrees, findings } = await replayOf(published)
    expect(agrees).toBe(false)
    expect(findings.join()).toMatch(/checkpoint is/)
  })

  it('whose state is another’s is found on other kernels too', async () => {
    const { optimizer, checkpoint } = lineage.first
    const optimizerAfter = hashOptimizer(checkpoint, optimizer)
    const record = { ...first.record, optimizerAfter, kernels: 'native-00000000' }
    expect((await replayOf({ ...first, optimizer, record })).findings.join()).toMatch(/moments differ/)
  })

  it('begins its moments anew where those before it are of another rank, and names these all the same', async () => {
    const { checkpoint, optimizer } = lineage.first
    const mixed = await takeUpdate({ ...inputs, parent: checkpoint, optimizer })
    expect(mixed.record).toMatchObject({ firstStep: 0, optimizerBefore: lineage.first.record.optimizerAfter })
    expect(await replayOf(mixed, checkpoint, optimizer)).toMatchObject({ agrees: true })
  })

  it('is written and read with its state', async () => {
    const root = await mkdtemp(join(tmpdir(), 'low-rank-'))
    try {
      await writeUpdate(join(root, 'step'), second)
      const { optimizer, record } = await readUpdate(join(root, 'step'))
      expect(optimizer).toEqual(second.optimizer)
      expect(record).toEqual(second.record)
    } finally {
      await rm(root, { recursive: true })
    }
  })

  it('is packed as its adapters, from which everybody gets its weights', async () => {
    const root = await mkdtemp(join(tmpdir(), 'low-rank-'))
    try {
      const [dir, parent] = ['second', 'first'].map((name) => join(root, name))
      await writeUpdate(dir, second)
      await writeUpdate(parent, first)
      const store = directoryStore(join(root, 'bundles'))
      const adapters = await readFile(join(dir, ADAPTERS_FILE))
      const plain = await packCheckpoint(dir, store, { dir: parent, package: null })
      const packed = await packCheckpoint(dir, store, { dir: parent, package: null, adapters })
      const index = parseIndex(await store.fetch(packed.hash, { maxBytes: maxIndexBytes }))
      const files = await readPackage(packed.hash, index, store, parent)
      expect(sha256(files.get('model.safetensors') as Uint8Array)).toBe(second.checkpoint.manifest.weights)
      expect(packed.bytes).toBeLessThan(0.4 * plain.bytes)
    } finally {
      await rm(root, { recursive: true })
    }
  })
})
