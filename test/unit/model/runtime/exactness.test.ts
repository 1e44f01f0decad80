import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { NumericsProfile } from '../../../../model/engine/engine.ts'
import { openSession } from '../../../../model/runtime/open-session.ts'
import type { PolicySession, TeacherForced } from '../../../../model/session.ts'
import type { Distribution } from '../../../../shared/protocol/distribution.ts'
import { owedToken } from '../../../../shared/protocol/sampling.ts'
import { createRandom, randomTokens, smallCheckpoint, smallConfig } from '../small-policy.ts'

const ATTENTION = {
  'grouped-query': smallConfig(),
  'multi-head': smallConfig({ model_type: 'qwen2', num_key_value_heads: 4, tie_word_embeddings: false }),
  'multi-query': smallConfig({ model_type: 'qwen3', num_key_value_heads: 1 }),
}
const PROFILES: NumericsProfile[] = ['fast', 'exact']

/** A short digest of the bits of all three outputs at one position. */
function bitsOf(at: Distribution): string {
  const hash = createHash('sha256')
  for (const row of [at.logits, at.probabilities, at.logProbabilities]) {
    hash.update(new Uint8Array(row.buffer, row.byteOffset, row.byteLength))
  }
  return hash.digest('hex').slice(0, 12)
}

async function generateWithBits(session: PolicySession, prompts: number[][], maxTokens: number) {
  const bits: string[][] = prompts.map(() => [])
  const draws = prompts.map((_, row) => createRandom(1000 + row))
  const completions = await session.generate(prompts, { maxTokens, endToken: 0 }, (row, step, at) => {
    bits[row][step] = bitsOf(at)
    return owedToken(at.probabilities, draws[row]())
  })
  return { bits, rows: prompts.map((prompt, row) => ({ prompt, completion: completions[row] })) }
}

async function scoreBits(session: PolicySession, rows: TeacherForced[]): Promise<string[][]> {
  const bits: string[][] = rows.map(() => [])
  await session.score(rows, (row, step, at) => {
    bits[row][step] = bitsOf(at)
  })
  return bits
}

describe.each(PROFILES)('%s profile', (profile) => {
  describe.each(Object.entries(ATTENTION))('%s attention', (_, config) => {
    it('decodes a ragged batch to the same bits as it scores, batched in any way', async () => {
      const session = await openSession(smallCheckpoint(config, { temperature: 0.8 }), profile)
      const random = createRandom(7)
      const prompts = Array.from({ length: 21 }, () =>
        randomTokens(random, 1 + Math.floor(random() * 90), config.vocabulary),
      )
      const { bits, rows } = await generateWithBits(session, prompts, 70)
      const lengths = new Set(rows.map(({ completion }) => completion.length))
      expect(lengths.size).toBeGreaterThan(3)

      expect(await scoreBits(session, rows)).toEqual(bits)
      const reversed = await scoreBits(session, rows.toReversed())
      expect(reversed.toReversed()).toEqual(bits)
      for (const row of [0, 9, 20]) {
        expect(await scoreBits(session, [rows[row]])).toEqual([bits[row]])
      }
      await session.close()
    })

    it('decodes rows that share a prompt to the bits that scoring gives each', async () => {
      const session = await openSession(smallCheckpoint(config), profile)
      const random = createRandom(9)
      const [long, short] = [40, 5].map((length) => randomTokens(random, length, config.vocabulary))
      const { bits, rows } = await generateWithBits(session, [long, short, long, long, short], 40)
      expect(new Set(rows.map(({ completion }) => completion.join())).size).toBe(rows.length)
      for (const [r, row] of rows.entries()) expect(await scoreBits(session, [row])).toEqual([bits[r]])
      await session.close()
    })

    it('decodes a row alone, in a pair and in a crowd to the same bits', async () => {
      const session = await openSession(smallCheckpoint(config), profile)
      const random = createRandom(8)
      const crowd = Array.from({ length: 70 }, (_, row) =>
        randomTokens(random, 3 + (row % 11), config.vocabulary),
      )
      const together = await generateWithBits(session, crowd, 20)
      for (const count of [1, 2, 3]) {
        const few = await generateWithBits(session, crowd.slice(0, count), 20)
        expect(few.bits).toEqual(together.bits.slice(0, count))
      }
      await session.close()
    })
  })
})

it('differs between the two profiles by less than 1e-4 in every log-probability', async () => {
  const checkpoint = smallCheckpoint(smallConfig())
  const random = createRandom(9)
  const rows = Array.from({ length: 12 }, () => ({
    prompt: randomTokens(random, 5, 53),
    completion: randomTokens(random, 60, 53),
  }))
  const collected: Float32Array[][] = []
  for (const profile of PROFILES) {
    const session = await openSession(checkpoint, profile)
    const logProbabilities: Float32Array[] = []
    await session.score(rows, (_row, _step, at) => logProbabilities.push(at.logProbabilities.slice()))
    collected.push(logProbabilities)
    await session.close()
  }
  const [fast, exact] = collected
  let drift = 0
  fast.forEach((row, position) => {
    row.forEach((value, token) => {
      drift = Math.max(drift, Math.abs(value - exact[position][token]))
    })
  })
  expect(drift).toBeLessThan(1e-4)
})
