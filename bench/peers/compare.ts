import { type ExaminedModels, examineRollouts } from './examine.ts'
import { grailSketch } from './grail-sketch.ts'
import { everyLogProbability, medianLogProbability } from './log-probability.ts'
import type { PeerCase, PeerRule } from './peer-rule.ts'
import { tokenDivergence } from './token-divergence.ts'
import { toploc } from './toploc.ts'

export const peerRules: readonly PeerRule[] = [
  everyLogProbability,
  medianLogProbability,
  grailSketch,
  toploc,
  tokenDivergence,
]

/** The share of the rollouts that each rule accepts, by its name: all rules on the same two forward passes. */
export async function comparePeers(
  cases: readonly PeerCase[],
  models: ExaminedModels,
): Promise<Record<string, number>> {
  const examined = await examineRollouts(cases, models)
  return Object.fromEntries(
    peerRules.map((rule) => [
      rule.name,
      examined.filter((rollout) => rule.accepts(rollout)).length / examined.length,
    ]),
  )
}
