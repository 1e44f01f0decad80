import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HiddenSession, openHiddenSession } from '../../../../model/runtime/open-hidden-session.ts'
import { openSession } from '../../../../model/runtime/open-session.ts'
import { createRandom, randomTokens, smallCheckpoint, smallConfig } from '../small-policy.ts'

const config = smallConfig({ tie_word_embeddings: false })
const checkpoint = smallCheckpoint(config, { temperature: 0.5 })
const random = createRandom(5)
const rows = [9, 4, 17].map((length) => ({
  prompt: randomTokens(random, 3, config.vocabulary),
  completion: randomTokens(random, length, config.vocabulary),
}))
let inner: HiddenSession

beforeAll(async () => {
  inner = await openHiddenSession(checkpoint, 'fast')
})
afterAll(() => inner.close())

describe('a session with hidden states', () => {
  it('gives the states that the head turns into the logits', async () => {
    const head = checkpoint.weights.get('lm_head.weight')?.data as Float32Array
    await inner.inspect(rows, (_row, _step, { hidden, logits }) => {
      expect(hidden).toHaveLength(config.width)
      logits.forEach((logit, token) => {
        const product = hidden.reduce((sum, value, i) => sum + value * head[token * config.width + i], 0)
        expect(Math.abs(product - logit)).toBeLessThan(1e-4)
      })
    })
  })

  it('gives the log-probabilities of the policy session to the bit', async () => {
    const session = await openSession(checkpoint, 'fast')
    const scored: Float32Array[] = []
    await session.score(rows, (_row, _step, at) => scored.push(at.logProbabilities.slice()))
    await session.close()
    const inspected: Float32Array[] = []
    await inner.inspect(rows, (_row, _step, at) => inspected.push(at.logProbabilities.slice()))
    expect(inspected).toEqual(scored)
  })

  it('refuses a token that it does not know', async () => {
    const unknown = [{ prompt: [1], completion: [config.vocabulary] }]
    await expect(inner.inspect(unknown, () => {})).rejects.toMatchObject({ code: 'POLICY_TOKEN_INVALID' })
  })
})
