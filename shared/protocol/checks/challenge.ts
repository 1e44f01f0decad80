import type { Challenge } from '../challenge.ts'
import type { Group } from '../rollout.ts'
import type { Rejection } from '../verdict.ts'

/** The group answers the prompt that this window asks of this miner. */
export function checkChallenge(group: Group, challenge: Challenge): Rejection | null {
  if (group.promptHash === challenge.promptHash) return null
  return {
    check: 'challenge',
    reason: 'PROMPT_MISMATCH',
    numbers: { expected: challenge.promptHash, actual: group.promptHash },
  }
}
