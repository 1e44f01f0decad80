import { clock, peakMemoryMiB } from '../stopwatch.ts'
import type { Figures } from '../window.ts'
import type { Assignment } from './contest.ts'
import { startTokenClock } from './token-clock.ts'

/** An engine with its weights loaded. */
export interface Opened {
  /** Answers every prompt with `newTokens` tokens, and tells of each as soon as it is there. */
  answer(assignment: Assignment, count: (row: number) => void): Promise<void>
  /** Figures of its own, of the last answer. */
  read?(): Readonly<Record<string, number>>
  close(): Promise<void>
}

/** New tokens of the answer that nobody measures: caches grow, code is compiled. */
const warmUpTokens = 8

/** The whole of a contestant's process: opens, warms up, answers, prints its figures. */
export async function compete(open: (assignment: Assignment) => Promise<Opened>): Promise<void> {
  const assignment: Assignment = JSON.parse(process.argv[2])
  const [engine, openMs] = await clock(() => open(assignment))
  await engine.answer({ ...assignment, newTokens: warmUpTokens }, () => {})
  const watch = startTokenClock(assignment)
  await engine.answer(assignment, watch.count)
  const figures: Figures = { openMs, ...watch.read(), ...engine.read?.(), peakMiB: peakMemoryMiB() }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  await engine.close()
}
