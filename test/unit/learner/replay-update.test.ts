import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { differenceOf } from '../../../learner/difference.ts'
import { type ReplayInputs, replayUpdate } from '../../../learner/replay-update.ts'
import { hashOptimizer, takeUpdate, type Update } from '../../../learner/take-update.ts'
import {
  type Checkpoint,
  type CheckpointParts,
  createCheckpoint,
  deriveCheckpoint,
} from '../../../model/checkpoint/checkpoint.ts'
import { numericsOf } from '../../../model/checkpoint/numerics.ts'
import { answer, deliver, quickRecipe, withRollout } from '../../helpers/deliveries.ts'
import { type Lineage, trainTwice } from './updates.ts'

let lineage: Lineage
let inputs: ReplayInputs

beforeAll(async () => {
  lineage = await trainTwice('fast')
  inputs = inputsFor(lineage)
})
afterAll(() => lineage.policy.session.close())

function inputsFor({ parent, policy, deliveries, first }: Lineage): ReplayInputs {
  return { published: first, parent, optimizer: null, deliveries, openPolicy: async () => policy }
}

function rename(checkpoint: Checkpoint, changes: Partial<CheckpointParts>): Checkpoint {
  const { sampling, environment, parent, numerics } = checkpoint.manifest
  return createCheckpoint({ ...checkpoint, sampling, environment, parent, numerics, ...changes })
}

/** Publishes other weights under a record that names them: what a dishonest learner would do. */
function republish(update: Update, change: (name: string, data: Float32Array) => void): Update {
  const weights = new Map(
    [...update.checkpoint.weights].map(([name, { shape, data }]) => {
      const changed = data.slice()
      change(name, changed)
      return [name, { shape, data: changed }]
    }),
  )
  const checkpoint = rename(update.checkpoint, { weights })
  return { ...update, checkpoint, record: { ...update.record, checkpoint: checkpoint.manifestHash } }
}

/** The least change there is: the last bit of one weight. */
function flipLastBit(name: string, data: Float32Array): void {
  if (name === 'model.layers.1.mlp.up_proj.weight') new Int32Array(data.buffer)[77] ^= 1
}

const elsewhere = (update: Update): Update => ({
  ...update,
  record: { ...update.record, kernels: 'native-00000000' },
})

describe('on the kernels of the record', () => {
  it('an honest update agrees to the bit, and so does the one after it', async () => {
    expect(await replayUpdate(inputs)).toMatchObject({
      agrees: true,
      findings: [],
      difference: { largest: 0, share: 0 },
      recomputed: { checkpoint: lineage.first.checkpoint.manifestHash },
    })
    const { first, second } = lineage
    const next = {
      ...inputs,
      published: second,
      parent: first.checkpoint,
      optimizer: first.optimizer,
    }
    expect((await replayUpdate(next)).findings).toEqual([])
  })

  it('a checkpoint with one bit of one weight flipped is found', async () => {
    const replay = await replayUpdate({ ...inputs, published: republish(lineage.first, flipLastBit) })
    expect(replay.agrees).toBe(false)
    expect(replay.findings).toHaveLength(1)
    expect(replay.findings[0]).toMatch(/^checkpoint is/)
    expect(replay.difference).toMatchObject({ tensor: 'model.layers.1.mlp.up_proj.weight' })
    expect(replay.recomputed?.checkpoint).toBe(lineage.first.checkpoint.manifestHash)
  })

  it('a checkpoint that the record does not name is found', async () => {
    const { checkpoint } = republish(lineage.first, flipLastBit)
    const { findings } = await replayUpdate({ ...inputs, published: { ...lineage.first, checkpoint } })
    expect(findings.join()).toContain('the record names')
  })

  it('a poisoned optimiser state is found', async () => {
    const { optimizer, record, checkpoint } = lineage.first
    const poisoned = structuredClone(optimizer)
    poisoned.first[3][5] += 1
    const published = {
      ...lineage.first,
      optimizer: poisoned,
      record: { ...record, optimizerAfter: hashOptimizer(checkpoint, poisoned) },
    }
    const { findings } = await replayUpdate({ ...inputs, published })
    expect(findings[0]).toMatch(/^optimizerAfter is/)
  })

  it('another recipe, another order or another parent than recorded is found', async () => {
    const { record } = lineage.first
    const changed = [
      { ...record, recipe: { ...record.recipe, learningRate: 5e-4 } },
      { ...record, groups: record.groups.toReversed() },
      { ...record, parent: lineage.second.checkpoint.manifestHash },
      { ...record, firstStep: 3 },
      { ...record, steps: record.steps.toReversed() },
    ]
    for (const record of changed) {
      const { agrees } = await replayUpdate({ ...inputs, published: { ...lineage.first, record } })
      expect(agrees).toBe(false)
    }
  })

  it('a group that fails its checks, or that nobody delivered, is found', async () => {
    const forged = deliver(
      withRollout(await answer(lineage.policy, 1, 5), 2, 1, ({ tokens }) => ({
        tokens: tokens.with(1, tokens[1] === 9 ? 10 : 9),
      })),
    )
    const { findings } = await replayUpdate({ ...inputs, deliveries: [inputs.deliveries[0], forged] })
    expect(findings[0]).toBe('window 1, miner 5 fails the sampling check: TOKEN_NOT_OWED')
    const { findings: absent } = await replayUpdate({ ...inputs, deliveries: inputs.deliveries.slice(0, 1) })
    expect(absent[0]).toMatch(/^window 1, miner 5 has no admitted group/)
  })
})

describe('on other kernels than those of the record', () => {
  /** What WebAssembly kernels make of the same update, published as another class of native ones would. */
  async function trainElsewhere(): Promise<Update> {
    const parent = deriveCheckpoint(lineage.parent, { profile: 'exact' })
    const groups = lineage.admissions.flatMap((admission) => admission.groups)
    const { checkpoint, optimizer, record } = await takeUpdate({
      parent,
      optimizer: null,
      groups,
      recipe: quickRecipe,
    })
    const native = rename(checkpoint, {
      numerics: numericsOf('fast').numerics,
      parent: lineage.parent.manifestHash,
    })
    const { runtime } = lineage.first.record
    const named = { parent: lineage.parent.manifestHash, checkpoint: native.manifestHash, runtime }
    return elsewhere({ checkpoint: native, optimizer, record: { ...record, ...named } })
  }

  it('an honest update agrees within the tolerance, though its bits differ', async () => {
    const { agrees, findings, difference } = await replayUpdate({
      ...inputs,
      published: await trainElsewhere(),
    })
    expect(findings).toEqual([])
    expect(agrees).toBe(true)
    expect(difference?.largest).toBeGreaterThan(0)
  })

  it.each([
    [
      'one weight moved by more than AdamW could',
      (name: string, data: Float32Array) => {
        if (name === 'model.norm.weight') data[9] += 0.01
      },
    ],
    [
      'a step twice as long',
      (name: string, data: Float32Array) => {
        const before = lineage.parent.weights.get(name)?.data as Float32Array
        data.forEach((value, i) => {
          data[i] = 2 * value - before[i]
        })
      },
    ],
  ])('%s is found', async (_, change) => {
    const published = elsewhere(republish(lineage.first, change))
    const { agrees, findings } = await replayUpdate({ ...inputs, published })
    expect(agrees).toBe(false)
    expect(findings.join()).toMatch(/differ/)
  })

  it('another temperature under honest weights is found', async () => {
    const { checkpoint, record } = lineage.first
    const hotter = rename(checkpoint, { sampling: { ...checkpoint.manifest.sampling, temperature: 0.9 } })
    const published = elsewhere({
      ...lineage.first,
      checkpoint: hotter,
      record: { ...record, checkpoint: hotter.manifestHash },
    })
    expect((await replayUpdate({ ...inputs, published })).findings[0]).toMatch(/^sampling is/)
  })

  it('a poisoned optimiser state is found', async () => {
    const { optimizer, record, checkpoint } = lineage.first
    const poisoned = structuredClone(optimizer)
    poisoned.first[3][5] += 1
    const published = elsewhere({
      ...lineage.first,
      optimizer: poisoned,
      record: { ...record, optimizerAfter: hashOptimizer(checkpoint, poisoned) },
    })
    expect((await replayUpdate({ ...inputs, published })).findings[0]).toMatch(/^the moments differ/)
  })
})

it('two children that are alike do not differ', () => {
  const { parent, first } = lineage
  expect(differenceOf(parent.weights, first.checkpoint.weights, first.checkpoint.weights)).toEqual({
    largest: 0,
    tensor: '',
    share: 0,
  })
})
