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

/** How a policy is asked. */
export interface Asking {
  readonly maxTokens: number
  /** Tokens around the problem's; absent where it is asked bare. */
  readonly frame?: { readonly before: readonly number[]; readonly after: readonly number[] } | undefined
}

/** What a policy decides of a challenge. */
export interface AskedPolicy {
  readonly environment: Environment
  readonly codec: TextCodec
  readonly session: { readonly context: number }
  readonly manifest: { readonly sampling: Asking }
}

/** The problem that a miner owes an answer to. */
export function deriveChallenge(
  { environment, codec, session, manifest }: AskedPolicy,
  windowSeedHex: Hex,
  miner: number,
  group: number,
): Challenge {
  const problem = environment.generate(hexToBytes(childSeed('problem', windowSeedHex, miner, group)))
  const prompt = promptTokens(codec, session.context, manifest.sampling, problem.prompt)
  return { group, problem, prompt, promptHash: hashTokens(prompt) }
}

/**
 * A problem as the policy reads it. In a frame, white space around the text is left out: templates differ in it. A
 * problem that leaves no room for a full completion in the context keeps its last tokens only: no window can ask what
 * nobody could answer.
 */
export function promptTokens(
  codec: Pick<TextCodec, 'encode'>,
  context: number,
  { maxTokens, frame }: Asking,
  text: string,
): number[] {
  if (frame === undefined) return codec.encode(text).slice(-Math.max(1, context - maxTokens))
  const { before, after } = frame
  const longest = Math.max(1, context - maxTokens - before.length - after.length)
  return [...before, ...codec.encode(text.trim()).slice(-longest), ...after]
}

/** The text that is judged: the completion without its end token. */
export function completionText(codec: TextCodec, tokens: readonly number[], endToken: number): string {
  return codec.decode(tokens.at(-1) === endToken ? tokens.slice(0, -1) : tokens)
}
