import type { Hex } from 'viem'
import type { Rollout } from '../../shared/protocol/rollout.ts'

/** One rollout as its miner submitted it, and where it stands in its window. */
export interface PeerCase {
  readonly windowSeed: Hex
  readonly miner: number
  readonly group: number
  readonly index: number
  readonly prompt: readonly number[]
  readonly rollout: Rollout
}

/** What one model makes of one completion position. */
export interface Position {
  /** [V], before temperature. */
  readonly logits: Float32Array
  /** [V], at the temperature of the model that gave them. */
  readonly probabilities: Float32Array
  readonly logProbabilities: Float32Array
  /** Final hidden state [width], after the last normalisation. */
  readonly hidden: Float32Array
}

/** One model's teacher-forced pass over a completion. */
export interface ForwardPass {
  readonly temperature: number
  /** One per completion token: what was known before it. */
  readonly positions: readonly Position[]
}

/** Everything that the schemes' verifiers and provers would have before them, for one rollout. */
export interface ExaminedRollout extends PeerCase {
  /** The owed model, as the verifier runs it. */
  readonly verifier: ForwardPass
  /** The model that the miner really ran. */
  readonly prover: ForwardPass
  /** Hidden states that the miner stands behind, one per token: the prover's, or forged ones. */
  readonly activations: readonly Float32Array[]
}

/** Another scheme's acceptance rule, for comparison only. Pure: the same data give the same answer. */
export interface PeerRule {
  readonly name: string
  accepts(examined: ExaminedRollout): boolean
}
