import type { Address, Hex } from 'viem'

export type FinishReason = 'end' | 'length'

/** One sampled completion. `tokens` includes the end token when `finish` is 'end'; nothing follows it. */
export interface Rollout {
  readonly tokens: readonly number[]
  readonly finish: FinishReason
  /** Claimed reward in ppm. Compared, never used. */
  readonly reward: number
  /** Four per token, in order. */
  readonly sketches: Int8Array
  /** log-probability of each token under the policy at its temperature. Compared, never used. */
  readonly logProbabilities: Float32Array
}

export interface Group {
  readonly index: number
  /** keccak256 of the prompt's tokens. Compared, never used. */
  readonly promptHash: Hex
  readonly rollouts: readonly Rollout[]
}

/** Whose answer a bundle is, and to what. */
export interface BundleIdentity {
  readonly chainId: number
  readonly subnet: Address
  readonly window: number
  readonly miner: number
  /** Manifest hash of the policy that was run. */
  readonly policy: Hex
}

/** Everything that one miner answers for one window: the canonical object that every decision derives from. */
export interface Bundle extends BundleIdentity {
  readonly groups: readonly Group[]
}

/** What a bundle begins with: enough to rebuild the committed root without reading a single group. */
export interface BundleHeader extends BundleIdentity {
  /** keccak256 of each group's canonical bytes; group i is the i-th. */
  readonly groupHashes: readonly Hex[]
}
