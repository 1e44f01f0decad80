import { type Hex, hexToBytes } from 'viem'
import { type Environment, PPM } from '../../shared/environments/environment.ts'
import { type Asking, promptTokens } from '../../shared/protocol/challenge.ts'
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
    /** Index of the first; 0 unless it is a part of an evaluation. */
    readonly first?: number
    readonly limits: GenerateLimits & Asking
    readonly greedy: boolean
  },
): Promise<Evaluation> {
  const { seed, limits, greedy, first = 0 } = options
  const problems = Array.from({ length: options.problems }, (_, index) =>
    environment.generate(hexToBytes(childSeed('evaluation', seed, first + index))),
  )
  const prompts = problems.map(({ prompt }) => promptTokens(tokenizer, session.context, limits, prompt))
  const uniforms = problems.map((_, index) => samplingUniforms(seed, 0, first + index, 0, limits.maxTokens))
  const completions = await session.generate(prompts, limits, (row, step, at) =>
    greedy ? likeliestToken(at) : owedToken(at.probabilities, uniforms[row][step]),
  )
  const judgements = completions.map((completion, index) => {
    const text = tokenizer.decode(completion.filter((token) => token !== limits.endToken))
    return environment.judge(problems[index] as (typeof problems)[number], text)
  })
  const passed = judgements.filter(({ correctness }) => correctness === PPM).length
  const rewards = judgements.reduce((sum, { reward }) => sum + reward, 0)
  const tokens = completions.reduce((sum, completion) => sum + completion.length, 0)
  return evaluationOf(problems.length, passed, rewards / PPM, tokens)
}

/** Of parts that asked different problems. */
export function pooledEvaluation(parts: readonly Evaluation[]): Evaluation {
  const sum = (of: (part: Evaluation) => number) => parts.reduce((total, part) => total + of(part), 0)
  return evaluationOf(
    sum(({ problems }) => problems),
    Math.round(sum(({ problems, passRate }) => problems * passRate)),
    sum(({ problems, meanReward }) => problems * meanReward),
    sum(({ tokens }) => tokens),
  )
}

function evaluationOf(problems: number, passed: number, rewards: number, tokens: number): Evaluation {
  const passRate = passed / problems
  const standardError = Math.sqrt((passRate * (1 - passRate)) / problems)
  return { problems, passRate, standardError, meanReward: rewards / problems, tokens }
}

function likeliestToken({ logits }: Distribution): number {
  let best = 0
  for (let token = 1; token < logits.length; token++) {
    if (logits[token] > logits[best]) best = token
  }
  return best
}
