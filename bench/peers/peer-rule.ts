import type { Policy } from '../../model/policy.ts'
import type { Rollout } from '../../shared/protocol/rollout.ts'

/** One rollout as its miner submitted it, and where it stands in its window. */
export interface PeerCase {
  readonly windowSeed: `0x${string}`
  readonly miner: number
  readonly group: number
  readonly index: number
  readonly prompt: readonly number[]
  readonly rollout: Rollout
}

/**
 * Another scheme's acceptance rule, for comparison only. What its miners would have committed to is computed here
 * from `run`, the model that the miner really ran over its tokens; what its verifier expects, from `owed`.
 */
export interface PeerRule {
  readonly name: string
  /** One answer per case, in order; null where the rule has nothing to say about such a cheat. */
  accepts(
    cases: readonly PeerCase[],
    models: { readonly owed: Policy; readonly run: Policy },
  ): Promise<boolean[] | null>
}
