import type { Hex } from 'viem'
import type { Distribution } from '../distribution.ts'
import type { Rollout } from '../rollout.ts'
import { samplingUniforms } from '../sampling.ts'
import { hashTokens, tokenBoundSeed } from '../seed.ts'
import { sketchSigns } from '../sketch.ts'
import type { Drift, Rejection } from '../verdict.ts'
import { checkLogProbability } from './log-probability.ts'
import type { PositionFinding } from './position.ts'
import { checkSampling } from './sampling.ts'
import { checkSketch } from './sketch.ts'

/** The rollout that a window asks of a miner, and the policy that owes it. */
export interface OwedRollout {
  readonly windowSeed: Hex
  readonly miner: number
  readonly group: number
  readonly index: number
  readonly rollout: Rollout
  readonly vocabulary: number
  readonly numerics: Tolerances
}

export interface Tolerances {
  readonly samplingTolerance: number
  readonly sketchTolerance: number
  readonly logprobTolerance: number
  readonly sketchStep: number
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
export interface PositionsCompared {
  readonly rejection: Rejection | null
  readonly positions: number
  readonly violations: number
  readonly checked: Readonly<Record<keyof Drift, PositionsChecked>>
}

/**
 * Compares one rollout with its owed policy, position by position: the owed token and the log-probability at each,
 * the sketch at those in `sketched`.
 */
export function comparePositions(
  owed: OwedRollout,
  sketched: (position: number) => boolean,
): { visit(position: number, at: Distribution): void; result(): PositionsCompared } {
  const { windowSeed, miner, group, index, rollout, vocabulary, numerics } = owed
  const { tokens } = rollout
  const uniforms = samplingUniforms(windowSeed, miner, group, index, tokens.length)
  const signSeed = tokenBoundSeed('sketch', windowSeed, hashTokens(tokens), miner, group, index)
  const checked = {
    sampling: tally(numerics.samplingTolerance),
    sketch: tally(numerics.sketchTolerance),
    logProbability: tally(numerics.logprobTolerance),
  }
  let violations = 0
  return {
    visit(position, at) {
      const token = tokens[position]
      let violated = false
      const note = (kind: keyof Drift, finding: PositionFinding) => {
        checked[kind].add(position, finding)
        violated ||= finding.rejection !== null
      }
      note('sampling', checkSampling(at, position, token, uniforms[position], numerics.samplingTolerance))
      if (sketched(position)) {
        const signs = sketchSigns(signSeed, position, vocabulary)
        note('sketch', checkSketch(at, position, rollout.sketches, signs, numerics))
      }
      const declared = rollout.logProbabilities[position]
      note('logProbability', checkLogProbability(at, position, token, declared, numerics.logprobTolerance))
      if (violated) violations++
    },
    result: () => ({
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
    }),
  }
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
