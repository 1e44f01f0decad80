import type { UpdateRecord } from '../../learner/update-record.ts'
import type { Evaluation } from '../../model/training/evaluate.ts'
import type { Registered } from '../devnet/conductor.ts'
import { devnetWindow } from '../devnet/subnet-config.ts'
import { countPoisoned } from './count-poisoned.ts'
import type { CurvePoint } from './curve.ts'
import type { LearnValues } from './learn-settings.ts'
import type { ReplayCount } from './watch-replays.ts'

/** What a run came to; the report is this. Shares are of held-out problems, 0 … 1. */
export interface LearnReport {
  readonly environment: string
  readonly verified: boolean
  readonly miners: readonly string[]
  readonly seed: number
  readonly windows: number
  readonly evalSeed: number
  readonly problems: number
  /** pass@1 at the policy's temperature. */
  readonly before: number
  readonly after: number
  readonly beforeError: number
  readonly afterError: number
  readonly greedyBefore: number
  readonly greedyAfter: number
  /** Optimiser steps, and rollouts that they trained on. */
  readonly steps: number
  readonly rollouts: number
  readonly poisonedRolloutsTrained: number
  readonly refusedBundles: number
  /** By the validators, of every update; none where nobody verifies. */
  readonly replays: ReplayCount
  /** Of all processes: chain, beacon, miners, validators, learner, evaluation. */
  readonly cpuSeconds: number
  /** The same by process; `evaluation` is the one that conducts the run as well. */
  readonly cpuSecondsBy: Readonly<Record<string, number>>
  readonly wallSeconds: number
  readonly curve: readonly CurvePoint[]
}

export interface Standing {
  readonly sampled: Evaluation
  readonly greedy: Evaluation
}

export function reportOf(run: {
  readonly values: Pick<LearnValues, 'environment' | 'noVerify' | 'seed' | 'evalSeed' | 'problems'>
  readonly windows: number
  readonly participants: readonly Pick<Registered, 'role' | 'behaviour' | 'uid'>[]
  /** Of the updates that lead to the last policy. */
  readonly records: readonly Pick<UpdateRecord, 'groups' | 'steps'>[]
  readonly before: Standing
  readonly after: Standing
  readonly refusedBundles: number
  readonly replays: ReplayCount
  readonly cpuSecondsBy: Readonly<Record<string, number>>
  readonly wallSeconds: number
  readonly curve: readonly CurvePoint[]
}): LearnReport {
  const {
    values,
    windows,
    records,
    before,
    after,
    refusedBundles,
    replays,
    cpuSecondsBy,
    wallSeconds,
    curve,
  } = run
  const { environment, noVerify, seed, evalSeed, problems } = values
  const miners = run.participants.filter(({ role }) => role === 'miner')
  const cheats = miners.filter(({ behaviour }) => behaviour !== 'honest').map(({ uid }) => uid)
  const steps = records.flatMap((record) => record.steps)
  return {
    environment,
    verified: !noVerify,
    miners: miners.map(({ behaviour }) => behaviour),
    seed,
    windows,
    evalSeed,
    problems,
    before: before.sampled.passRate,
    after: after.sampled.passRate,
    beforeError: before.sampled.standardError,
    afterError: after.sampled.standardError,
    greedyBefore: before.greedy.passRate,
    greedyAfter: after.greedy.passRate,
    steps: steps.length,
    rollouts: steps.reduce((sum, { rows }) => sum + rows, 0),
    poisonedRolloutsTrained: countPoisoned(records, new Set(cheats), devnetWindow.groupSize),
    cpuSeconds: Object.values(cpuSecondsBy).reduce((sum, seconds) => sum + seconds, 0),
    ...{ cpuSecondsBy, refusedBundles, replays, wallSeconds, curve },
  }
}

/** In one line, why a run is not what it should be; null when it is. */
export function firstShortfall(report: LearnReport): string | null {
  const { verified, before, after, poisonedRolloutsTrained, replays } = report
  if (verified && poisonedRolloutsTrained > 0) {
    return `${poisonedRolloutsTrained} rollouts of adversaries were trained on`
  }
  if (replays.equal < replays.replays) {
    return `${replays.replays - replays.equal} of ${replays.replays} replays did not agree with the learner`
  }
  return after > before ? null : `pass@1 went from ${before} to ${after}`
}
