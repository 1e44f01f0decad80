import type { Hex } from 'viem'
import type { ChildEvent } from '../devnet/child.ts'
import type { CurvePoint } from './curve.ts'
import type { Evaluator } from './evaluator.ts'
import type { Standing } from './learn-report.ts'
import { type LearnerEvent, type PublishedUpdate, readLearnerEvent } from './learner-events.ts'

/** Held-out problems that a checkpoint on the way is asked; the first and the last are asked all. */
const problemsOnTheWay = 512

/** Follows what a learner logs, and asks every policy that it publishes. */
export interface LearningWatch {
  readonly events: readonly LearnerEvent[]
  /** Ordered by steps; grows as policies have answered. */
  readonly curve: readonly CurvePoint[]
  readonly before: Promise<Standing>
  onEvent(event: ChildEvent): void
  /** Whether the learner has said of a window what came of it. */
  isLearnt(window: number): boolean
  /** How far the update is that is being taken; empty where none is. */
  underWay(): readonly string[]
  /** Manifest hashes of every update so far. */
  published(): Hex[]
  /** Asks the policy that is left, and waits for the others' answers. */
  finish(last: Hex): Promise<Standing>
}

/** @param onCurve told of the curve whenever another policy has answered */
export function watchLearning(
  evaluator: Evaluator,
  first: Hex,
  problems: number,
  onCurve: (curve: readonly CurvePoint[]) => void = () => {},
): LearningWatch {
  const events: LearnerEvent[] = []
  const curve: CurvePoint[] = []
  const standingOf = async (policy: Hex): Promise<Standing> => {
    const sampled = evaluator.evaluate(policy, problems, 'sampled')
    const greedy = evaluator.evaluate(policy, problems, 'greedy')
    const [answered, likeliest] = await Promise.all([sampled, greedy])
    place(policy, answered)
    return { sampled: answered, greedy: likeliest }
  }
  const place = (policy: Hex, found: Standing['sampled']) => {
    const known = curve.findIndex((point) => point.policy === policy)
    if (known >= 0) curve.splice(known, 1)
    const { passRate, standardError } = found
    curve.push({ policy, ...totalOf(events, policy), passRate, standardError, problems: found.problems })
    curve.sort((a, b) => a.steps - b.steps)
    onCurve(curve)
  }
  const isLearnt = (window: number) =>
    events.some((event) => event.message !== 'refused bundle' && event.window >= window)
  const before = standingOf(first)
  const onTheWay: Promise<void>[] = []
  let underWay: readonly string[] = []
  // Whoever awaits it hears of a failure; a run that ends for another reason must not die of it.
  const keep = <Value>(promise: Promise<Value>) => {
    promise.catch(() => {})
    return promise
  }
  keep(before)
  return {
    events,
    curve,
    before,
    isLearnt,
    onEvent(line) {
      const event = readLearnerEvent(line)
      if (event?.message === 'took step') {
        underWay = [`window ${event.window + 1}: training, step ${event.taken} of ${event.of}`]
        return
      }
      // A learner that has just published looks for more, and finds nothing.
      if (!event || (event.message === 'waiting for groups' && isLearnt(event.window))) return
      events.push(event)
      underWay = []
      if (event.message !== 'published update') return
      const { policy } = event
      const asked = evaluator.evaluate(policy, Math.min(problemsOnTheWay, problems), 'sampled')
      onTheWay.push(keep(asked.then((found) => place(policy, found))))
    },
    underWay: () => underWay,
    published: () => updatesIn(events).map(({ policy }) => policy),
    async finish(last) {
      await Promise.all(onTheWay)
      return last === first ? before : standingOf(last)
    },
  }
}

/** Of all updates up to the one that gave a policy. */
function totalOf(events: readonly LearnerEvent[], policy: Hex): Pick<CurvePoint, 'steps' | 'rollouts'> {
  const updates = updatesIn(events)
  const upTo = updates.slice(0, 1 + updates.findIndex((update) => update.policy === policy))
  return {
    steps: upTo.reduce((sum, { steps }) => sum + steps, 0),
    rollouts: upTo.reduce((sum, { rollouts }) => sum + rollouts, 0),
  }
}

function updatesIn(events: readonly LearnerEvent[]): PublishedUpdate[] {
  return events.filter((event): event is PublishedUpdate => event.message === 'published update')
}
