import { SubnetError } from '../../shared/errors.ts'

/** @throws SubnetError CONFIG_INVALID for a rule that is set twice */
export function readChanges(set: readonly string[]): Map<string, string> {
  const changes = new Map(set.map((item) => item.split('=', 2) as [string, string]))
  if (changes.size === set.length) return changes
  throw new SubnetError('CONFIG_INVALID', '--set: a rule is set twice')
}
