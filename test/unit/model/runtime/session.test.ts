import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSession } from '../../../../model/runtime/open-session.ts'
import type { PolicySession } from '../../../../model/session.ts'
import { smallCheckpoint, smallConfig } from '../small-policy.ts'

const config = smallConfig()
let session: PolicySession

beforeAll(async () => {
  session = await openSession(smallCheckpoint(config, { temperature: 0.5 }), 'fast')
})
afterAll(() => session.close())

describe('a policy session', () => {
  it('ends a row at its end token, which it keeps, and others at maxTokens', async () => {
    const ends = [3, 1, 99]
    const completions = await session.generate(
      [[5], [6, 7], [8]],
      { maxTokens: 6, endToken: 0 },
      (row, step) => (step + 1 === ends[row] ? 0 : 9),
    )
    expect(completions).toEqual([[9, 9, 0], [0], [9, 9, 9, 9, 9, 9]])
  })

  it('asks once per row and step, in the order of steps', async () => {
    const asked: string[] = []
    await session.generate([[5], [6]], { maxTokens: 2, endToken: 0 }, (row, step) => {
      asked.push(`${row}/${step}`)
      return 1
    })
    expect(asked).toEqual(['0/0', '1/0', '0/1', '1/1'])
  })

  it('visits every completion position in row order, then step order', async () => {
    const visited: string[] = []
    const rows = [2, 0, 3].map((length) => ({ prompt: [1, 2], completion: Array<number>(length).fill(4) }))
    await session.score(rows, (row, step) => visited.push(`${row}/${step}`))
    expect(visited).toEqual(['0/0', '0/1', '2/0', '2/1', '2/2'])
  })

  it('gives probabilities and log-probabilities of the logits at its temperature', async () => {
    await session.score([{ prompt: [1, 2, 3], completion: [4] }], (_row, _step, at) => {
      const peak = Math.max(...at.logits)
      const weights = Array.from(at.logits, (logit) => Math.exp((logit - peak) / 0.5))
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      weights.forEach((weight, token) => {
        expect(at.probabilities[token]).toBeCloseTo(weight / total, 6)
        expect(at.logProbabilities[token]).toBeCloseTo(Math.log(weight / total), 4)
      })
    })
  })

  it('answers no prompts and no tokens with nothing', async () => {
    expect(await session.generate([], { maxTokens: 5, endToken: 0 }, () => 0)).toEqual([])
    expect(await session.generate([[1]], { maxTokens: 0, endToken: 0 }, () => 0)).toEqual([[]])
  })

  it('refuses what does not fit its context', async () => {
    const prompt = Array<number>(config.context - 4).fill(1)
    await expect(session.generate([prompt], { maxTokens: 5, endToken: 0 }, () => 0)).rejects.toMatchObject({
      code: 'POLICY_SEQUENCE_TOO_LONG',
    })
    await expect(session.score([{ prompt, completion: [1, 1, 1, 1, 1] }], () => {})).rejects.toMatchObject({
      code: 'POLICY_SEQUENCE_TOO_LONG',
    })
    const whole = await session.generate([prompt], { maxTokens: 4, endToken: 0 }, () => 2)
    expect(whole).toEqual([[2, 2, 2, 2]])
  })

  it('fills a context that is no multiple of anything', async () => {
    const short = await openSession(smallCheckpoint(smallConfig({ max_position_embeddings: 37 })), 'fast')
    const [completion] = await short.generate([[1, 2]], { maxTokens: 35, endToken: 0 }, () => 3)
    let visited = 0
    await short.score([{ prompt: [1, 2], completion }], () => visited++)
    await short.close()
    expect([completion.length, visited]).toEqual([35, 35])
  })

  it.each([[[]], [[-1]], [[config.vocabulary]], [[1.5]]])('refuses the prompt %j', async (prompt) => {
    const refused = { code: 'POLICY_TOKEN_INVALID' }
    await expect(session.score([{ prompt, completion: [1] }], () => {})).rejects.toMatchObject(refused)
    await expect(session.generate([prompt], { maxTokens: 2, endToken: 0 }, () => 1)).rejects.toMatchObject(
      refused,
    )
  })

  it('refuses a chosen token that it does not know', async () => {
    await expect(
      session.generate([[1]], { maxTokens: 2, endToken: 0 }, () => config.vocabulary),
    ).rejects.toMatchObject({ code: 'POLICY_TOKEN_INVALID' })
  })

  it('does not open when the manifest names other graphs', async () => {
    const checkpoint = smallCheckpoint(config)
    const graphs = { ...checkpoint.manifest.graphs, score: `0x${'00'.repeat(32)}` as const }
    await expect(
      openSession({ ...checkpoint, manifest: { ...checkpoint.manifest, graphs } }, 'fast'),
    ).rejects.toMatchObject({ code: 'POLICY_GRAPH_MISMATCH' })
  })
})
