import type { ExaminedRollout, PeerRule } from './peer-rule.ts'

const tolerance = 0.1

/**
 * Chosen-token log-probability, strict: every claimed one lies within 0.1 nats of the recomputed one. A NaN is
 * outside.
 */
export const everyLogProbability: PeerRule = {
  name: 'log-probability, every position',
  accepts: (examined) => differences(examined).every((difference) => difference <= tolerance),
}

/**
 * As GRAIL's successors publish it: the median over the challenged positions of e^|Δ| - 1, the deviation of the
 * importance ratio, is at most 0.1. All positions are challenged here: completions are no longer than the 32 that
 * are challenged there.
 */
export const medianLogProbability: PeerRule = {
  name: 'log-probability, median',
  accepts(examined) {
    const sorted = differences(examined).sort((a, b) => a - b)
    const middle = sorted.length >>> 1
    const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    return Math.expm1(median) <= tolerance
  },
}

/** NaN counts as infinitely far, so that it sorts as what it is. */
function differences({ rollout, verifier }: ExaminedRollout): number[] {
  return verifier.positions.map(({ logProbabilities }, step) => {
    const difference = Math.abs(rollout.logProbabilities[step] - logProbabilities[rollout.tokens[step]])
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
  })
}
