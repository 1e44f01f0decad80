import { describe, expect, it } from 'vitest'
import { wordProblems } from '../../../../shared/environments/word-problems.ts'
import {
  type AskedPolicy,
  completionText,
  deriveChallenge,
  type TextCodec,
} from '../../../../shared/protocol/challenge.ts'
import { hashTokens } from '../../../../shared/protocol/seed.ts'

const windowSeed = `0x${'5a'.repeat(32)}` as const
const letters: TextCodec = {
  encode: (text) => [...text].map((letter) => letter.charCodeAt(0)),
  decode: (tokens) => String.fromCharCode(...tokens),
}
const asked: AskedPolicy = {
  environment: wordProblems,
  codec: letters,
  session: { context: 1000 },
  manifest: { sampling: { maxTokens: 100 } },
}

describe('deriveChallenge', () => {
  it('asks each miner and each group its own problem, the same every time', () => {
    const derive = (miner: number, group: number) => deriveChallenge(asked, windowSeed, miner, group)
    const prompts = Array.from({ length: 60 }, (_, i) => derive(i % 6, Math.floor(i / 6)).promptHash)
    expect(new Set(prompts).size).toBe(60)
    expect(derive(3, 4)).toEqual(derive(3, 4))
    expect(derive(3, 4).group).toBe(4)
  })

  it('names the prompt by the hash of its tokens', () => {
    const { prompt, promptHash, problem } = deriveChallenge(asked, windowSeed, 0, 0)
    expect(letters.decode(prompt)).toBe(problem.prompt)
    expect(promptHash).toBe(hashTokens(prompt))
  })

  it('keeps the end of a prompt that leaves no room for a completion', () => {
    const { prompt: whole } = deriveChallenge(asked, windowSeed, 0, 0)
    const short = deriveChallenge({ ...asked, session: { context: 120 } }, windowSeed, 0, 0)
    expect(short.prompt).toEqual(whole.slice(-20))
    expect(short.promptHash).toBe(hashTokens(short.prompt))
  })

  it('puts a problem into the frame of the policy, whole, and without the white space around it', () => {
    const frame = { before: [1, 2, 3], after: [4, 5] }
    const framed = (context: number) =>
      deriveChallenge(
        { ...asked, session: { context }, manifest: { sampling: { maxTokens: 100, frame } } },
        windowSeed,
        0,
        0,
      )
    const { prompt, problem } = framed(1000)
    const text = letters.encode(problem.prompt.trim())
    expect(problem.prompt).not.toBe(problem.prompt.trim())
    expect(prompt).toEqual([1, 2, 3, ...text, 4, 5])
    expect(framed(120).prompt).toEqual([1, 2, 3, ...text.slice(-15), 4, 5])
  })
})

it('completionText leaves out the end token, and only at the end', () => {
  const end = 'z'.charCodeAt(0)
  expect(completionText(letters, letters.encode('abz'), end)).toBe('ab')
  expect(completionText(letters, letters.encode('azb'), end)).toBe('azb')
  expect(completionText(letters, letters.encode('z'), end)).toBe('')
})
