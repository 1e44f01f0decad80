import type { Distribution } from '../shared/protocol/distribution.ts'

export interface GenerateLimits {
  /** A row ends after this many completion tokens. */
  readonly maxTokens: number
  /** A row ends after this token; it is part of the completion. */
  readonly endToken: number
}

export interface TeacherForced {
  readonly prompt: readonly number[]
  readonly completion: readonly number[]
}

/**
 * One loaded policy on one thread. Decode and score give the same bits for the same row, whatever the batch,
 * the padding or the order of rows: that is what makes a rollout checkable.
 */
export interface PolicySession {
  readonly vocabulary: number
  readonly temperature: number
  /** Longest sequence, prompt and completion together. */
  readonly context: number
  /**
   * Decodes every prompt until its end token or maxTokens. `choose` is asked once per row and step for the next
   * token. Returns the completions in the order of the prompts.
   * @throws SubnetError POLICY_SEQUENCE_TOO_LONG when prompt + maxTokens exceeds the policy's context
   * @throws SubnetError POLICY_TOKEN_INVALID on an empty prompt or an id outside the vocabulary
   */
  generate(
    prompts: readonly (readonly number[])[],
    limits: GenerateLimits,
    choose: (row: number, step: number, at: Distribution) => number,
  ): Promise<number[][]>
  /**
   * Teacher-forced pass; `visit` sees every completion position of every row, in row order, then step order.
   * @throws SubnetError POLICY_SEQUENCE_TOO_LONG, POLICY_TOKEN_INVALID
   */
  score(
    rows: readonly TeacherForced[],
    visit: (row: number, step: number, at: Distribution) => void,
  ): Promise<void>
  close(): Promise<void>
}
