import { expect, it } from 'vitest'
import { rotaryTables } from '../../../../model/architecture/rotary.ts'
import { openSession } from '../../../../model/runtime/open-session.ts'
import { createRandom, randomTokens, smallCheckpoint, smallConfig } from '../small-policy.ts'
import { referenceLogits } from './reference-decoder.ts'

it.each([
  ['Llama with grouped queries and a tied head', {}],
  [
    'Llama with one head width from the hidden size',
    { head_dim: undefined, num_attention_heads: 3, num_key_value_heads: 3 },
  ],
  ['Qwen2 with biases and an untied head', { model_type: 'qwen2', tie_word_embeddings: false }],
  ['Qwen3 with normalised queries and keys', { model_type: 'qwen3', num_key_value_heads: 1 }],
])('%s agrees with loops written from the definition', async (_, overrides) => {
  const config = smallConfig(overrides)
  const checkpoint = smallCheckpoint(config)
  const session = await openSession(checkpoint, 'fast')
  const tokens = randomTokens(createRandom(3), 24, config.vocabulary)
  const expected = referenceLogits(config, checkpoint.weights, tokens)
  await session.score([{ prompt: tokens.slice(0, 1), completion: tokens.slice(1) }], (_row, step, at) => {
    at.logits.forEach((logit, token) => {
      expect(Math.abs(logit - expected[step][token])).toBeLessThan(2e-4)
    })
  })
  await session.close()
})

it('derives rotary tables that agree with cosine and sine', () => {
  const config = smallConfig({ head_dim: 24, max_position_embeddings: 512, rope_theta: 500_000 })
  const { cosine, sine } = rotaryTables(config)
  for (let position = 0; position < 512; position++) {
    for (let pair = 0; pair < 12; pair++) {
      const angle = position * 500_000 ** (-pair / 12)
      const at = position * 24 + pair
      expect(Math.abs(cosine[at] - Math.cos(angle))).toBeLessThan(1e-6)
      expect(Math.abs(sine[at] + Math.sin(angle))).toBeLessThan(1e-6)
      expect(cosine[at + 12]).toBe(cosine[at])
      expect(sine[at + 12]).toBe(-sine[at])
    }
  }
})
