/**
 * What governance decides and both sides read from the chain (`Params.rulesAt(epoch)`). Shares and coefficients
 * are in parts per million.
 */
export interface Rules {
  /** Rollouts per group, G. */
  readonly groupSize: number
  /** Most groups that one commitment may cover. */
  readonly maxGroups: number
  /** Share of a miner's rollouts that the beacon selects for audit. */
  readonly auditRatePpm: number
  /** Fewest rollouts audited per miner, whatever the rate. */
  readonly auditFloor: number
  /** Positions per audited rollout whose sketch is compared. */
  readonly sketchPositions: number
  readonly coefficients: ScoreCoefficients
}

/** score = verifiedTokens · (base + correctness·… + reasoning·… + satisfaction·… + signal·…), each in ppm. */
export interface ScoreCoefficients {
  readonly base: number
  readonly correctness: number
  readonly reasoning: number
  readonly satisfaction: number
  readonly signal: number
}
