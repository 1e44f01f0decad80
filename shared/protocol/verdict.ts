/** What was looked at, in the order in which it is looked at. */
export const checkOrder = [
  'format',
  'commitment',
  'challenge',
  'termination',
  'sampling',
  'sketch',
  'log-probability',
  'reward',
  'completeness',
] as const
export type CheckName = (typeof checkOrder)[number]

/** Stable reasons for a rejection: a miner's fault, as data. Documented in docs/reasons.md. */
export type Reason =
  | 'BUNDLE_TOO_LARGE'
  | 'BUNDLE_MALFORMED'
  | 'BUNDLE_NOT_CANONICAL'
  | 'BUNDLE_OUT_OF_BOUNDS'
  | 'BUNDLE_OF_ANOTHER_WINDOW'
  | 'BUNDLE_OF_ANOTHER_POLICY'
  | 'ROOT_MISMATCH'
  | 'GROUPS_INCOMPLETE'
  | 'PROMPT_MISMATCH'
  | 'TERMINATION_FALSE'
  | 'TOKEN_NOT_OWED'
  | 'SKETCH_MISMATCH'
  | 'LOG_PROBABILITY_MISMATCH'
  | 'REWARD_MISMATCH'

/** A fault and the numbers that decided it: `explain` prints these, and anyone can recompute them. */
export interface Rejection {
  readonly check: CheckName
  readonly reason: Reason
  readonly numbers: Readonly<Record<string, number | string>>
}

/** What one rollout came to. */
export interface RolloutVerdict {
  readonly group: number
  readonly rollout: number
  readonly rejection: Rejection | null
  /** Positions compared with the model, and those among them outside tolerance: what the sequential test eats. */
  readonly positions: number
  readonly violations: number
  readonly drift: Drift
}

/** Largest deviations among the compared positions, each in its check's unit. All 0 within one kernel class. */
export interface Drift {
  /** Distance of u from the given token's interval, as a share of total probability. */
  readonly sampling: number
  /** In sketch units (quanta times the manifest's step). */
  readonly sketch: number
  /** In nats. */
  readonly logProbability: number
}
