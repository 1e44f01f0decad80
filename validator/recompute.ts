import type { Hex } from 'viem'
import type { Policy } from '../model/policy.ts'
import type { Distribution } from '../model/session.ts'
import { sketchPositions } from '../shared/protocol/audit.ts'
import type { Challenge } from '../shared/protocol/challenge.ts'
import { type EvidencePoint, evidenceSeed } from '../shared/protocol/evidence.ts'
import type { Rollout } from '../shared/protocol/rollout.ts'
import type { Rules } from '../shared/protocol/rules.ts'
import { samplingUniforms } from '../shared/protocol/sampling.ts'
import { hashTokens, tokenBoundSeed } from '../shared/protocol/seed.ts'
import { sketchPosition, sketchSigns } from '../shared/protocol/sketch.ts'
import type { Drift, Rejection } from '../shared/protocol/verdict.ts'
import { checkLogProbability } from './checks/log-probability.ts'
import type { PositionFinding } from './checks/position.ts'
import { checkSampling } from './checks/sampling.ts'
import { checkSketch } from './checks/sketch.ts'

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

/** One check over one rollout's positions. */
export interface PositionsChecked {
  readonly positions: number
  readonly violations: number
  /** Largest deviation, in the check's unit, and the position where it was met first; 0 where there was none. */
  readonly deviation: number
  readonly at: number
  readonly tolerance: number
  /** Of the first violation. */
  readonly rejection: Rejection | null
}

/** What the forward pass says of one rollout. */
export interface Recomputation {
  readonly rejection: Rejection | null
  readonly positions: number
  readonly violations: number
  readonly checked: Readonly<Record<keyof Drift, PositionsChecked>>
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
  const { tokens } = rollout
  const vocabulary = policy.session.vocabulary
  const tokensHash = hashTokens(tokens)
  const uniforms = samplingUniforms(windowSeed, miner, group, index, tokens.length)
  const signSeed = tokenBoundSeed('sketch', windowSeed, tokensHash, miner, group, index)
  const ownSeed = evidenceSeed(auditSeed, validator, miner, group, index, tokensHash)
  const sketched = new Set(sketchPositions(auditSeed, miner, { group, rollout: index }, tokens.length, rules))

  const checked = {
    sampling: tally(numerics.samplingTolerance),
    sketch: tally(numerics.sketchTolerance),
    logProbability: tally(numerics.logprobTolerance),
  }
  const evidence: EvidencePoint[] = []
  let violations = 0

  const visit = (position: number, at: Distribution) => {
    const token = tokens[position]
    let violated = false
    const note = (kind: keyof Drift, finding: PositionFinding) => {
      checked[kind].add(position, finding)
      violated ||= finding.rejection !== null
    }
    note('sampling', checkSampling(at, position, token, uniforms[position], numerics.samplingTolerance))
    if (sketched.has(position)) {
      const signs = sketchSigns(signSeed, position, vocabulary)
      note('sketch', checkSketch(at, position, rollout.sketches, signs, numerics))
      if (own) {
        const sketch = sketchPosition(
          at.logits,
          sketchSigns(ownSeed, position, vocabulary),
          numerics.sketchStep,
        )
        evidence.push({ window, miner, group, rollout: index, position, sketch })
      }
    }
    const declared = rollout.logProbabilities[position]
    note('logProbability', checkLogProbability(at, position, token, declared, numerics.logprobTolerance))
    if (violated) violations++
  }
  const result = (): Recomputation => ({
    rejection:
      checked.sampling.result().rejection ??
      checked.sketch.result().rejection ??
      checked.logProbability.result().rejection,
    positions: tokens.length,
    violations,
    checked: {
      sampling: checked.sampling.result(),
      sketch: checked.sketch.result(),
      logProbability: checked.logProbability.result(),
    },
    evidence,
  })
  return { visit, result }
}

function tally(tolerance: number) {
  let positions = 0
  let violations = 0
  let deviation = 0
  let at = 0
  let rejection: Rejection | null = null
  return {
    add(position: number, finding: PositionFinding) {
      positions++
      if (finding.rejection) violations++
      rejection ??= finding.rejection
      if (finding.deviation <= deviation) return
      deviation = finding.deviation
      at = position
    },
    result: (): PositionsChecked => ({ positions, violations, deviation, at, tolerance, rejection }),
  }
}
