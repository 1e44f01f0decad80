import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { hexToBytes } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countParameters } from '../../../model/architecture/parameters.ts'
import type { Checkpoint } from '../../../model/checkpoint/checkpoint.ts'
import { readCheckpoint } from '../../../model/checkpoint/read-checkpoint.ts'
import { openSession } from '../../../model/runtime/open-session.ts'
import type { PolicySession } from '../../../model/session.ts'
import { loadTokenizer, type Tokenizer } from '../../../model/tokenizer/tokenizer.ts'
import { evaluatePolicy } from '../../../model/training/evaluate.ts'
import type { Environment } from '../../../shared/environments/environment.ts'
import { sat } from '../../../shared/environments/sat.ts'
import { wordProblems } from '../../../shared/environments/word-problems.ts'
import { owedToken, samplingDeviation, samplingUniforms } from '../../../shared/protocol/sampling.ts'
import { childSeed } from '../../../shared/protocol/seed.ts'

const dir = fileURLToPath(new URL('../../../models/default', import.meta.url))
let checkpoint: Checkpoint
let tokenizer: Tokenizer
let session: PolicySession

beforeAll(async () => {
  checkpoint = await readCheckpoint(dir)
  tokenizer = loadTokenizer(checkpoint.tokenizerJson)
  session = await openSession(checkpoint, 'fast')
})
afterAll(() => session.close())

async function passRate(environment: Environment, greedy: boolean): Promise<number> {
  const { passRate } = await evaluatePolicy(session, tokenizer, environment, {
    seed: `0x${'ab'.repeat(32)}`,
    problems: 512,
    limits: checkpoint.manifest.sampling,
    greedy,
  })
  return passRate
}

describe('the embedded default policy', () => {
  it('has fewer than a million parameters in less than 4 MB', async () => {
    expect(countParameters(checkpoint.config)).toBeLessThan(1e6)
    expect((await stat(`${dir}/model.safetensors`)).size).toBeLessThan(4e6)
  })

  it('has the vocabulary of its tokenizer and ends with its end token', () => {
    expect(checkpoint.config.vocabulary).toBe(tokenizer.vocabularySize)
    expect(checkpoint.manifest.sampling.endToken).toBe(tokenizer.endToken)
  })

  it('solves 10 to 20 % of word problems at temperature 1, and far more greedily: room to learn', async () => {
    const sampled = await passRate(wordProblems, false)
    expect(sampled).toBeGreaterThan(0.08)
    expect(sampled).toBeLessThan(0.22)
    expect(await passRate(wordProblems, true)).toBeGreaterThan(2 * sampled)
  })

  it.each(['fast', 'exact'] as const)(
    'owes the same tokens when decoded as when scored, profile %s',
    async (profile) => {
      const policy = await openSession(checkpoint, profile)
      const { sampling } = checkpoint.manifest
      const seed = `0x${'cd'.repeat(32)}` as const
      const prompts = Array.from({ length: 24 }, (_, index) => {
        const environment = index % 4 === 0 ? sat : wordProblems
        return tokenizer.encode(environment.generate(hexToBytes(childSeed('test', seed, index))).prompt)
      })
      const uniforms = prompts.map((_, row) => samplingUniforms(seed, 0, row, 0, sampling.maxTokens))
      const decoded: Float32Array[][] = prompts.map(() => [])
      const completions = await policy.generate(prompts, sampling, (row, step, at) => {
        decoded[row][step] = at.logits.slice()
        return owedToken(at.probabilities, uniforms[row][step])
      })
      const rows = prompts.map((prompt, row) => ({ prompt, completion: completions[row] }))
      let positions = 0
      await policy.score(rows, (row, step, at) => {
        positions++
        expect(samplingDeviation(at.probabilities, uniforms[row][step], completions[row][step])).toBe(0)
        expect(at.logits).toEqual(decoded[row][step])
      })
      await policy.close()
      expect(positions).toBeGreaterThan(300)
    },
  )

  it('answers SAT with assignments, of which 15 to 35 % satisfy every clause', async () => {
    const sampled = await passRate(sat, false)
    expect(sampled).toBeGreaterThan(0.15)
    expect(sampled).toBeLessThan(0.35)
  })
})
