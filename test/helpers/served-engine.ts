import type { Policy } from '../../model/policy.ts'
import { owedToken, samplingUniforms } from '../../shared/protocol/sampling.ts'
import { hashTokens, tokenBoundSeed } from '../../shared/protocol/seed.ts'
import { sketchPosition, sketchSigns } from '../../shared/protocol/sketch.ts'
import { serveOnLoopback } from './loopback.ts'

interface Request {
  readonly policy: string
  readonly windowSeed: `0x${string}`
  readonly miner: number
  readonly sampling: { readonly maxTokens: number; readonly endToken: number }
  readonly sketchStep: number
  readonly rows: readonly {
    readonly group: number
    readonly rollout: number
    readonly prompt: readonly number[]
  }[]
}

export interface AnswerRow {
  tokens: number[]
  logProbabilities: (number | null)[]
  intervals: [number, number][]
  sketches: number[]
}

export interface Answer {
  version: number
  policy: string
  engine: string
  rows: AnswerRow[]
}

/**
 * An engine of the protocol on loopback: what it knows, it knows from the request and its model.
 * @param tamper changes an answer, or is another one
 */
export function serveEngine(policy: Policy, tamper: (answer: Answer) => unknown = (answer) => answer) {
  return serveOnLoopback(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const asked = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Request
    const rows = await answerRows(policy, asked)
    const answer = tamper({ version: 1, policy: asked.policy, engine: 'test', rows })
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
  })
}

async function answerRows(
  { session }: Policy,
  { windowSeed, miner, sampling, sketchStep, rows }: Request,
): Promise<AnswerRow[]> {
  const logits: Float32Array[][] = rows.map(() => [])
  const answers = rows.map(
    (): AnswerRow => ({ tokens: [], logProbabilities: [], intervals: [], sketches: [] }),
  )
  const uniforms = rows.map(({ group, rollout }) =>
    samplingUniforms(windowSeed, miner, group, rollout, sampling.maxTokens),
  )
  const prompts = rows.map(({ prompt }) => prompt)
  const completions = await session.generate(prompts, sampling, (row, step, at) => {
    const token = owedToken(at.probabilities, uniforms[row][step])
    const total = at.probabilities.reduce((sum, share) => sum + share, 0)
    const below = at.probabilities.slice(0, token).reduce((sum, share) => sum + share, 0)
    logits[row].push(at.logits.slice())
    answers[row].logProbabilities.push(at.logProbabilities[token])
    answers[row].intervals.push([below / total, (below + at.probabilities[token]) / total])
    return token
  })
  return answers.map((answer, row) => {
    const { group, rollout } = rows[row]
    const tokens = completions[row]
    const seed = tokenBoundSeed('sketch', windowSeed, hashTokens(tokens), miner, group, rollout)
    const sketches = logits[row].flatMap((at, position) => [
      ...sketchPosition(at, sketchSigns(seed, position, at.length), sketchStep),
    ])
    return { ...answer, tokens, sketches }
  })
}
