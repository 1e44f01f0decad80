import type { GenerateLimits, PolicySession } from '../model/session.ts'
import type { Distribution } from '../shared/protocol/distribution.ts'
import { owedToken } from '../shared/protocol/sampling.ts'

/** The owed tokens of one rollout, with what proves them. */
export interface DrawnRollout {
  readonly tokens: readonly number[]
  /** Of each position, [V]: kept because a sketch is keyed to the finished tokens. */
  readonly logits: readonly Float32Array[]
  readonly logProbabilities: Float32Array
}

/** Decodes all prompts together, each token the owed one. @param uniforms a row for each prompt, in the same order */
export async function drawRollouts(
  session: Pick<PolicySession, 'generate'>,
  prompts: readonly (readonly number[])[],
  uniforms: readonly Float64Array[],
  limits: GenerateLimits,
): Promise<DrawnRollout[]> {
  const logits: Float32Array[][] = prompts.map(() => [])
  const logProbabilities: number[][] = prompts.map(() => [])
  const choose = (row: number, step: number, at: Distribution) => {
    const token = owedToken(at.probabilities, uniforms[row][step])
    logits[row].push(at.logits.slice())
    logProbabilities[row].push(at.logProbabilities[token])
    return token
  }
  const completions = await session.generate(prompts, limits, choose)
  return completions.map((tokens, row) => ({
    tokens,
    logits: logits[row],
    logProbabilities: Float32Array.from(logProbabilities[row]),
  }))
}
