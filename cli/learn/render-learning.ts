import { type CurvePoint, percent, renderCurve } from './curve.ts'
import type { LearnReport } from './learn-report.ts'
import type { LearnerEvent } from './learner-events.ts'
import type { ReplayCount } from './watch-replays.ts'

export interface Learning {
  readonly curve: readonly CurvePoint[]
  readonly events: readonly LearnerEvent[]
  /** Held-out problems still to be asked. */
  readonly asking: number
  /** Long work that somebody has begun, and how far it is. */
  readonly underWay: readonly string[]
  readonly cpuSeconds: number
  readonly replays: ReplayCount
}

/** What people watch: the curve so far, and the latest that the learner said. */
export function renderLearning(learning: Learning, at: string): string {
  const { curve, events, asking, underWay, cpuSeconds, replays } = learning
  const replayed = replays.replays === 0 ? '' : describeReplays(replays)
  const latest = events.slice(-3).map(describeEvent)
  const asked = asking === 0 ? '' : `  ${asking} held-out problems to ask`
  return [
    `${at}  ${cpuSeconds.toFixed(0)} CPU-s${asked}`,
    [...latest, replayed, ...underWay].filter(Boolean).join('\n'),
    renderCurve(curve),
  ]
    .filter(Boolean)
    .join('\n\n')
}

function describeEvent(event: LearnerEvent): string {
  const window = `window ${event.window + 1}: `
  switch (event.message) {
    case 'published update':
      return `${window}trained ${event.steps} steps on ${event.groups} groups (gradient norm ${event.gradientNorm.toFixed(2)})`
    case 'refused bundle':
      return `${window}refused the bundle of miner-${event.miner} (${event.reason})`
    case 'discarded update':
      return `${window}discarded the update, ${event.code}: ${event.why}`
    case 'waiting for groups':
      return `${window}no update: ${event.why}`
  }
}

export function renderReport(report: LearnReport): string {
  const { before, after, beforeError, afterError, greedyBefore, greedyAfter, problems, cpuSeconds } = report
  const { steps, rollouts, poisonedRolloutsTrained, refusedBundles, windows, replays } = report
  return [
    `pass@1 at temperature 1: ${percent(before)} % ± ${percent(beforeError)} → ${percent(after)} % ± ${percent(afterError)}`,
    `greedy: ${percent(greedyBefore)} % → ${percent(greedyAfter)} % (${problems} held-out problems)`,
    `${steps} steps on ${rollouts} rollouts in ${windows} windows, ${cpuSeconds.toFixed(0)} CPU-seconds in all`,
    `bundles refused: ${refusedBundles}; rollouts of adversaries trained on: ${poisonedRolloutsTrained}`,
    describeReplays(replays),
  ].join('\n')
}

function describeReplays({ replays, equal, objected, cpuSeconds }: ReplayCount): string {
  return `updates replayed by validators: ${replays}, equal: ${equal}, objected to: ${objected} (${cpuSeconds.toFixed(0)} CPU-seconds)`
}
