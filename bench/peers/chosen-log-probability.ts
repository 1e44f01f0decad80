import type { PeerRule } from './peer-rule.ts'

const tolerance = 0.1

/**
 * The claimed log-probability of every chosen token is within 0.1 nats of the recomputed one: the strictest
 * reading of a rule that is also used on means and medians, which accept more.
 */
export const chosenLogProbability: PeerRule = {
  name: 'chosen log-probability',
  async accepts(cases, { owed }) {
    const accepted = cases.map(() => true)
    await owed.session.score(
      cases.map(({ prompt, rollout }) => ({ prompt, completion: rollout.tokens })),
      (row, step, at) => {
        const { tokens, logProbabilities } = cases[row].rollout
        const difference = Math.abs(logProbabilities[step] - at.logProbabilities[tokens[step]])
        if (!(difference <= tolerance)) accepted[row] = false
      },
    )
    return accepted
  },
}
