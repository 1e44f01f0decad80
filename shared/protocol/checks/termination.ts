import type { Rollout } from '../rollout.ts'
import type { Rejection } from '../verdict.ts'

/**
 * A rollout ends at its first end token or at the length limit, and says which. Nothing follows an end token, so
 * padding cannot dilute any statistic; whether the end token was owed is for the sampling check.
 */
export function checkTermination(
  rollout: Rollout,
  { endToken, maxTokens }: { endToken: number; maxTokens: number },
): Rejection | null {
  const { tokens, finish } = rollout
  const firstEnd = tokens.indexOf(endToken)
  const ended = firstEnd === tokens.length - 1
  const cut = firstEnd < 0 && tokens.length === maxTokens
  if (finish === 'end' ? ended : cut) return null
  return {
    check: 'termination',
    reason: 'TERMINATION_FALSE',
    numbers: { claimed: finish, tokens: tokens.length, maxTokens, firstEnd },
  }
}
