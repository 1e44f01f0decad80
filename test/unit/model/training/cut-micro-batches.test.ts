import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutMicroBatches } from '../../../../model/training/cut-micro-batches.ts'
import type { TrainingRow } from '../../../../model/training/micro-batch.ts'
import { defaultCheckpoint } from '../../../helpers/deliveries.ts'
import { smallConfig } from '../small-policy.ts'

const rowOf = (tokens: number): TrainingRow => ({
  prompt: [1],
  completion: Array<number>(tokens - 1).fill(2),
})

/** The shape of SmolLM2-135M. */
const large = smallConfig({
  vocab_size: 49_152,
  hidden_size: 576,
  num_hidden_layers: 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  head_dim: 64,
  intermediate_size: 1536,
  max_position_embeddings: 8192,
})

describe('micro-batches', () => {
  it('of the embedded policy are 16 rows, however long these are', async () => {
    const { config } = await defaultCheckpoint('fast')
    const rows = Array.from({ length: 37 }, () => rowOf(config.context))
    expect(cutMicroBatches(rows, config, 16).map(({ length }) => length)).toEqual([16, 16, 5])
  })

  it('of a large policy are as many rows as leave less than 2 GiB behind', () => {
    const rows = [...Array.from({ length: 9 }, () => rowOf(96)), rowOf(300), rowOf(300), rowOf(300)]
    expect(cutMicroBatches(rows, large, 16).map(({ length }) => length)).toEqual([8, 2, 2])
  })

  it('hold all rows in order, each at least one, whatever the lengths', () => {
    const lengths = fc.array(fc.integer({ min: 2, max: 4000 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 16 }), (tokens, most) => {
        const rows = tokens.map(rowOf)
        const batches = cutMicroBatches(rows, large, most)
        expect(batches.flat()).toEqual(rows)
        expect(batches.every(({ length }) => length >= 1 && length <= most)).toBe(true)
      }),
      { seed: 21, numRuns: 40 },
    )
  })
})
