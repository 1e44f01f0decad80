import { expect, it } from 'vitest'
import { openOrdinaryDecoder } from '../../../../model/calibration/ordinary-decode.ts'
import { openSession } from '../../../../model/runtime/open-session.ts'
import { createRandom, randomTokens, smallCheckpoint, smallConfig } from '../small-policy.ts'

it.each([
  ['grouped-query', smallConfig()],
  ['multi-head', smallConfig({ model_type: 'qwen2', num_key_value_heads: 4, tie_word_embeddings: false })],
  ['multi-query', smallConfig({ model_type: 'qwen3', num_key_value_heads: 1 })],
])(
  'ordinary decoding computes the policy’s function, though not its bits: %s attention',
  async (_, config) => {
    const checkpoint = smallCheckpoint(config, { temperature: 0.8 })
    const random = createRandom(11)
    const rows = Array.from({ length: 4 }, (_, row) => ({
      prompt: randomTokens(random, 5 + 7 * row, config.vocabulary),
      completion: randomTokens(random, 30, config.vocabulary),
    }))
    const session = await openSession(checkpoint, 'fast')
    const scored: Float32Array[] = []
    await session.score(rows, (_row, _step, at) => scored.push(at.logProbabilities.slice()))
    await session.close()
    const ordinary = await openOrdinaryDecoder(config, checkpoint.weights, 0.8, 'fast')
    let index = 0
    let drift = 0
    await ordinary.score(rows, (_row, _step, at) => {
      const expected = scored[index++]
      at.logProbabilities.forEach((value, token) => {
        drift = Math.max(drift, Math.abs(value - expected[token]))
      })
    })
    await ordinary.close()
    expect(index).toBe(120)
    expect(drift).toBeGreaterThan(0)
    expect(drift).toBeLessThan(1e-4)
  },
)
