import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formBatches } from '../../../learner/form-batches.ts'
import { takeUpdate, type UpdateInputs } from '../../../learner/take-update.ts'
import { openCheckpoint, quickRecipe } from '../../helpers/deliveries.ts'
import { type Lineage, trainTwice } from './updates.ts'

let lineage: Lineage
let inputs: UpdateInputs

beforeAll(async () => {
  lineage = await trainTwice('fast')
  const groups = lineage.admissions.flatMap((admission) => admission.groups)
  inputs = { parent: lineage.parent, optimizer: null, groups, recipe: quickRecipe }
})
afterAll(() => lineage.policy.session.close())

describe('an update', () => {
  it('records its parent, its groups in the order of their batches, and every step', () => {
    const { parent, first } = lineage
    const batches = formBatches(inputs.groups, quickRecipe)
    expect(first.record).toMatchObject({
      parent: parent.manifestHash,
      checkpoint: first.checkpoint.manifestHash,
      optimizerBefore: null,
      firstStep: 0,
      recipe: quickRecipe,
    })
    expect(first.checkpoint.manifest).toMatchObject({
      parent: parent.manifestHash,
      sampling: parent.manifest.sampling,
      tokenizer: parent.manifest.tokenizer,
    })
    expect(first.record.kernels).toMatch(/^native-[0-9a-f]{8}$/)
    expect(first.record.groups.map(({ leaf }) => leaf)).toEqual(
      batches.flatMap(({ groups }) => groups.map(({ leaf }) => leaf)),
    )
    expect(first.record.steps.map(({ groups, rows }) => ({ groups, rows }))).toEqual(
      batches.map(({ groups, rows }) => ({ groups: groups.length, rows: rows.length })),
    )
    expect(batches.length).toBeGreaterThan(1)
  })

  it('goes on from the optimiser state of the one before', () => {
    const { first, second } = lineage
    expect(second.record.optimizerBefore).toBe(first.record.optimizerAfter)
    expect(second.record.firstStep).toBe(first.record.steps.length)
    expect(second.optimizer.step).toBe(first.record.steps.length + second.record.steps.length)
  })

  it('is the same to the byte when it is taken again, whatever the order of the groups', async () => {
    const told: string[] = []
    const again = await takeUpdate({ ...inputs, groups: inputs.groups.toReversed() }, ({ taken, of }) =>
      told.push(`${taken} of ${of}`),
    )
    expect(again.record).toEqual(lineage.first.record)
    const { length } = again.record.steps
    expect(told).toEqual(Array.from({ length }, (_, step) => `${step + 1} of ${length}`))
    expect(again.optimizer).toEqual(lineage.first.optimizer)
  })

  it('makes what did better than its group likelier beside what did worse', async () => {
    const rows = formBatches(inputs.groups, quickRecipe).flatMap((batch) => batch.rows)
    const after = await openCheckpoint(lineage.second.checkpoint)
    let gain = 0
    await after.session.score(rows, (row, step, at) => {
      const { completion, advantage = 0, oldLogProbabilities = [] } = rows[row]
      gain += advantage * (at.logProbabilities[completion[step]] - oldLogProbabilities[step])
    })
    await after.session.close()
    expect(gain).toBeGreaterThan(1)
  })

  it('stays nearer to the checkpoint that generated under a KL penalty', async () => {
    const moved = async (klWeight: number) => {
      const recipe = { ...quickRecipe, klWeight, epochs: 3 }
      const { record } = await takeUpdate({ ...inputs, recipe })
      return record.steps.at(-1)?.loss as number
    }
    expect(await moved(10)).toBeGreaterThan(await moved(0))
  })

  it('is refused when every group is alike, and says so', async () => {
    const alike = inputs.groups.map((group) => ({
      ...group,
      rollouts: group.rollouts.map((rollout) => ({ ...rollout, judged: group.rollouts[0].judged })),
    }))
    await expect(takeUpdate({ ...inputs, groups: alike })).rejects.toMatchObject({ code: 'NOTHING_TO_LEARN' })
  })
})

describe('an update that explodes', () => {
  it.each([
    ['a rate that ends in numbers that are not finite', { learningRate: 1e38, epochs: 2 }],
    ['a gradient beyond the recipe’s limit', { largestNorm: 1e-6 }],
    ['a loss beyond the recipe’s limit', { largestLoss: 1e-30 }],
  ])('by %s is discarded with its cause, and nothing has changed', async (_, changes) => {
    const before = structuredClone(lineage.first.optimizer)
    const update = takeUpdate({
      ...inputs,
      parent: lineage.first.checkpoint,
      optimizer: lineage.first.optimizer,
      recipe: { ...quickRecipe, ...changes },
    })
    await expect(update).rejects.toMatchObject({ code: 'TRAINING_DIVERGED' })
    expect(lineage.first.optimizer).toEqual(before)
  })
})
