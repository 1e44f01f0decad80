import type { Rules } from './rules.ts'
import { sketchBytesPerToken } from './sketch.ts'

/** What an honest bundle can at most measure. Checked before anything is decompressed or allocated. */
export interface BundleLimits {
  readonly rules: Pick<Rules, 'groupSize' | 'maxGroups'>
  /** Completion tokens per rollout, from the policy manifest. */
  readonly maxTokens: number
  readonly vocabulary: number
}

/** Largest canonical (uncompressed) bundle in bytes: 5 + 4 + 4 bytes a token, 128 a rollout, 128 a group. */
export function maxBundleBytes({ rules, maxTokens }: Omit<BundleLimits, 'vocabulary'>): number {
  const perRollout = maxTokens * (5 + sketchBytesPerToken + 4) + 128
  return 512 + rules.maxGroups * (128 + rules.groupSize * perRollout)
}
