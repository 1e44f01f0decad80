import type { Bundle } from '../rollout.ts'
import type { Rejection } from '../verdict.ts'

/** Groups are owed from 0 without gaps: nobody leaves out the ones that went badly, or answers one twice. */
export function checkCompleteness(bundle: Bundle): Rejection | null {
  const position = bundle.groups.findIndex((group, i) => group.index !== i)
  if (position < 0) return null
  return {
    check: 'completeness',
    reason: 'GROUPS_INCOMPLETE',
    numbers: { position, expected: position, actual: bundle.groups[position].index },
  }
}
