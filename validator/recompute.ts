import type { Hex } from 'viem'
import type { Policy } from '../model/policy.ts'
import { sketchPositions } from '../shared/protocol/audit.ts'
import type { Challenge } from '../shared/protocol/challenge.ts'
import { comparePositions, type PositionsCompared } from '../shared/protocol/checks/compare-positions.ts'
import type { Distribution } from '../shared/protocol/distribution.ts'
import { type EvidencePoint, evidenceSeed } from '../shared/protocol/evidence.ts'
import type { Rollout } from '../shared/protocol/rollout.ts'
import type { Rules } from '../shared/protocol/rules.ts'
import { hashTokens } from '../shared/protocol/seed.ts'
import { sketchPosition, sketchSigns } from '../shared/protocol/sketch.ts'

export interface AuditSeeds {
  readonly window: number
  readonly windowSeed: Hex
  readonly auditSeed: Hex
  readonly miner: number
  readonly validator: number
  readonly rules: Rules
}

export interface AuditedRollout {
  readonly challenge: Challenge
  readonly index: number
  readonly rollout: Rollout
  /** Part of this validator's own sample: its sketch is evidence of the validator's work. */
  readonly own: boolean
}

/** What the forward pass says of one rollout. */
export interface Recomputation extends PositionsCompared {
  readonly evidence: readonly EvidencePoint[]
}

/** Runs the policy over the audited rollouts and compares every position; one pass serves every check. */
export async function recompute(
  policy: Policy,
  seeds: AuditSeeds,
  audited: readonly AuditedRollout[],
): Promise<Recomputation[]> {
  const comparisons = audited.map((row) => compareRollout(policy, seeds, row))
  await policy.session.score(
    audited.map(({ challenge, rollout }) => ({ prompt: challenge.prompt, completion: rollout.tokens })),
    (row, step, at) => comparisons[row].visit(step, at),
  )
  return comparisons.map(({ result }) => result())
}

function compareRollout(
  policy: Policy,
  seeds: AuditSeeds,
  { challenge, index, rollout, own }: AuditedRollout,
) {
  const { numerics } = policy.manifest
  const { window, windowSeed, auditSeed, miner, validator, rules } = seeds
  const { group } = challenge
  const { vocabulary } = policy.session
  const length = rollout.tokens.length
  const sketched = new Set(sketchPositions(auditSeed, miner, { group, rollout: index }, length, rules))
  const ownSeed = evidenceSeed(auditSeed, validator, miner, group, index, hashTokens(rollout.tokens))
  const compared = comparePositions(
    { windowSeed, miner, group, index, rollout, vocabulary, numerics },
    (position) => sketched.has(position),
  )
  const evidence: EvidencePoint[] = []
  return {
    visit(position: number, at: Distribution) {
      compared.visit(position, at)
      if (!own || !sketched.has(position)) return
      const signs = sketchSigns(ownSeed, position, vocabulary)
      const sketch = sketchPosition(at.logits, signs, numerics.sketchStep)
      evidence.push({ window, miner, group, rollout: index, position, sketch })
    },
    result: (): Recomputation => ({ ...compared.result(), evidence }),
  }
}
