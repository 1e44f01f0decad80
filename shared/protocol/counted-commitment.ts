import type { Address } from 'viem'
import type { Rules } from './rules.ts'

/** Which key signed for the miner at the end of two blocks; null where none did. */
export interface SignedBy {
  /** The last block before the window. */
  readonly before: Address | null
  /** The commitment's own block. */
  readonly at: Address | null
}

/**
 * Whether what a key put on the open log binds the miner, in a window that was opened. The contract of disputes keeps
 * the same rule.
 *
 * The key must have signed before the window: a uid decides which problems are owed, so whoever could take one after
 * the window's seed is known could choose among them. It must sign still: what a key does after it was rotated away, or
 * its miner left, is a stranger's doing. Both hold for one key of a miner at most, since none comes back.
 */
export function isCounted(
  { hotKey, groups }: { readonly hotKey: Address; readonly groups: number },
  { before, at }: SignedBy,
  { maxGroups }: Pick<Rules, 'maxGroups'>,
): boolean {
  return before === hotKey && at === hotKey && groups > 0 && groups <= maxGroups
}
