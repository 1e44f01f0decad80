/**
 * Wald's sequential probability ratio test on positions, one per miner and validator, beside a CUSUM for slow
 * drift. p0 = 6e-5 is an upper bound on honest violations per position, p1 = 2e-3 the mildest cheat worth
 * catching; with error rates of 1e-3 and 1e-4 this gives the constants below (research: 0 of 50,762 honest
 * positions violated).
 *
 * Simulated in windows of 400 audited positions: at p0 an honest miner is wrongly excluded once in 145 million
 * positions, at p0 / 2 once in 4,000 million; at p1 a cheat is excluded after 6 windows on average.
 */
const perViolation = 3.5
const perCleanPosition = -0.002
export const acceptAt = -6.9
export const excludeAt = 9.2
const cusumAt = 12

export interface Standing {
  readonly logLikelihoodRatio: number
  readonly cusum: number
  /** Final for this validator: an excluded identity scores 0. */
  readonly excluded: boolean
}

export const newcomer: Standing = { logLikelihoodRatio: 0, cusum: 0, excluded: false }

/**
 * The standing after one window's audited positions. Reaching acceptance starts the test afresh.
 * @param violations may exceed `positions`: what fails a check that needs no model was compared nowhere
 */
export function updateStanding(standing: Standing, positions: number, violations: number): Standing {
  const step = violations * perViolation + Math.max(0, positions - violations) * perCleanPosition
  const ratio = standing.logLikelihoodRatio + step
  const cusum = Math.max(0, standing.cusum + step)
  return {
    logLikelihoodRatio: ratio <= acceptAt ? 0 : ratio,
    cusum,
    excluded: standing.excluded || ratio >= excludeAt || cusum >= cusumAt,
  }
}

export function isSuspect(standing: Standing): boolean {
  return standing.excluded || standing.logLikelihoodRatio > 0
}
