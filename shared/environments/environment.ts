/** Parts per million: rewards are integers, so that every host derives the same score to the last digit. */
export const PPM = 1_000_000

export interface Problem<Data> {
  /** What the policy is asked, as text; the tokenizer of the policy turns it into tokens. */
  readonly prompt: string
  /** What `judge` needs. Plain data, derived from the seed alone. */
  readonly data: Data
}

/** All figures in parts per million, 0 … PPM, integers. */
export interface Judgement {
  /** What a group's advantage is computed from. */
  readonly reward: number
  /** 1e6 when the final answer is right. */
  readonly correctness: number
  /** Share of the written steps that hold when re-computed; 0 where none is written. */
  readonly reasoning: number
  /** Share of satisfied clauses for SAT; equal to correctness elsewhere. */
  readonly satisfaction: number
}

/**
 * A task family. Everything is a pure function of the seed: two hosts derive the same problem and the same
 * judgement byte for byte. `judge` never throws: malformed text is reward 0.
 */
export interface Environment<Data = unknown> {
  /** Registered on chain as keccak256 of this string. */
  readonly id: string
  /** keccak256 over everything besides the seed that decides problems and judgements (sizes, data set hash). */
  readonly parametersHash: `0x${string}`
  /** seed: 32 bytes. */
  generate(seed: Uint8Array): Problem<Data>
  /** completion: the decoded completion without the end token. */
  judge(problem: Problem<Data>, completion: string): Judgement
}
