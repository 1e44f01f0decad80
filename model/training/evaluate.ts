import { type Hex, hexToBytes } from 'viem'
import { type Environment, PPM } from '../../shared/environments/environment.ts'
import type { Distribution } from '../../shared/protocol/distribution.ts'
import { owedToken, samplingUniforms } from '../../shared/protocol/sampling.ts'
import { childSeed } from '../../shared/protocol/seed.ts'
import type { GenerateLimits, PolicySession } from '../session.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'

export interface Evaluation {
  readonly problems: number
  /** Share of problems answered right, 0 … 1, and its standard error. */
  readonly passRate: number
  readonly standardError: number
  readonly meanReward: number
  /** Completion tokens, end tokens included. */
  readonly tokens: number
}

/**
 * One completion for each of `problems` problems drawn under `seed`: sampled at the policy's temperature as the
 * protocol samples, or greedy. Training draws its problems under other tags, so these were never seen.
 */
export async function evaluatePolicy(
  session: PolicySession,
  tokenizer: Tokenizer,
  environment: Environment,
  options: {
    readonly seed: Hex
    readonly problems: number
    readonly limits: GenerateLimits
    readonly greedy: boolean
  },
): Promise<Evaluation> {
  const { seed, limits, greedy } = options
  const problems = Array.from({ length: options.problems }, (_, index) =>
    environment.generate(hexToBytes(childSeed('evaluation', seed, index))),
  )
  const prompts = problems.map(({ prompt }) => tokenizer.encode(prompt))
  const uniforms = problems.map((_, index) => samplingUniforms(seed, 0, index, 0, limits.maxTokens))
  const completions = await session.generate(prompts, limits, (row, step, at) =>
    greedy ? likeliestToken(at) : owedToken(at.probabilities, uniforms[row][step]),
  )
  const judgements = completions.map((completion, index) => {
    const text = tokenizer.decode(completion.filter((token) => token !== limits.endToken))
    return environment.judge(problems[index] as (typeof problems)[number], text)
  })
  const passed = judgements.filter(({ correctness }) => correctness === PPM).length
  const passRate = passed / problems.length
  return {
    problems: problems.length,
    passRate,
    standardError: Math.sqrt((passRate * (1 - passRate)) / problems.length),
    meanReward: judgements.reduce((sum, { reward }) => sum + reward, 0) / (PPM * problems.length),
    tokens: completions.reduce((sum, completion) => sum + completion.length, 0),
  }
}

function likeliestToken({ logits }: Distribution): number {
  let best = 0
  for (let token = 1; token < logits.length; token++) {
    if (logits[token] > logits[best]) best = token
  }
  return best
}
