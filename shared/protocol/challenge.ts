import { type Hex, hexToBytes } from 'viem'
import type { Environment, Problem } from '../environments/environment.ts'
import { childSeed, hashTokens } from './seed.ts'

/** What a miner owes an answer to. Each miner owes its own: a copied rollout is worthless to the copier. */
export interface Challenge {
  readonly group: number
  readonly problem: Problem<unknown>
  readonly prompt: readonly number[]
  readonly promptHash: Hex
}

/** Text ↔ tokens, as the policy's tokenizer has it. */
export interface TextCodec {
  encode(text: string): number[]
  decode(tokens: readonly number[]): string
}

/** What a policy decides of a challenge. */
export interface AskedPolicy {
  readonly environment: Environment
  readonly codec: TextCodec
  readonly session: { readonly context: number }
  readonly manifest: { readonly sampling: { readonly maxTokens: number } }
}

/**
 * The problem that a miner owes an answer to. A prompt that leaves no room for a full completion in the policy's
 * context keeps its last tokens only: no window can ask what nobody could answer.
 */
export function deriveChallenge(
  { environment, codec, session, manifest }: AskedPolicy,
  windowSeedHex: Hex,
  miner: number,
  group: number,
): Challenge {
  const problem = environment.generate(hexToBytes(childSeed('problem', windowSeedHex, miner, group)))
  const longest = Math.max(1, session.context - manifest.sampling.maxTokens)
  const prompt = codec.encode(problem.prompt).slice(-longest)
  return { group, problem, prompt, promptHash: hashTokens(prompt) }
}

/** The text that is judged: the completion without its end token. */
export function completionText(codec: TextCodec, tokens: readonly number[], endToken: number): string {
  return codec.decode(tokens.at(-1) === endToken ? tokens.slice(0, -1) : tokens)
}
