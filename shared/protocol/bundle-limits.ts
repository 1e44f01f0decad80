import type { Rules } from './rules.ts'
import { sketchesPerPosition } from './sketch.ts'

/** What an honest bundle can at most measure. Checked before anything is decompressed or allocated. */
export interface BundleLimits {
  readonly rules: Pick<Rules, 'groupSize' | 'maxGroups'>
  /** Completion tokens per rollout, from the policy manifest. */
  readonly maxTokens: number
  readonly vocabulary: number
}

/** Of a policy's bundles under these rules. */
export function bundleLimits(
  { manifest, session }: LimitingPolicy,
  rules: BundleLimits['rules'],
): BundleLimits {
  return { rules, maxTokens: manifest.sampling.maxTokens, vocabulary: session.vocabulary }
}

/** What of an open policy bounds a bundle. */
interface LimitingPolicy {
  readonly manifest: { readonly sampling: { readonly maxTokens: number } }
  readonly session: { readonly vocabulary: number }
}

type SizeLimits = Omit<BundleLimits, 'vocabulary'>

/** Largest canonical group in bytes: 5 + 4 + 4 bytes a token, 128 a rollout, 128 a group. */
export function maxGroupBytes({ rules, maxTokens }: SizeLimits): number {
  return 128 + rules.groupSize * (maxTokens * (5 + sketchesPerPosition + 4) + 128)
}

/** Largest canonical header in bytes: a hash a group. */
export function maxHeaderBytes({ rules }: Pick<SizeLimits, 'rules'>): number {
  return 256 + 32 * rules.maxGroups
}

/** Largest stored bundle in bytes: what compression can add to incompressible bytes is a few bytes a frame. */
export function maxBundleBytes(limits: SizeLimits): number {
  const frameBytes = 64
  const { maxGroups } = limits.rules
  return maxHeaderBytes(limits) + frameBytes + maxGroups * (maxGroupBytes(limits) + frameBytes)
}
