import type { Clock } from '../shared/clock.ts'

/** What could not be had is asked for again after so many looks at the chain. */
export const pollsBetweenTries = 16

/** When what could not be had is asked for again, by its name. Kept in memory: after a restart all are due. */
export interface Pace {
  isDue(name: string): boolean
  noteTry(name: string): void
}

export function paceTries(clock: Clock, pauseMs: number): Pace {
  const dueMs = new Map<string, number>()
  return {
    isDue: (name) => clock.elapsedMs() >= (dueMs.get(name) ?? 0),
    noteTry(name) {
      for (const [other, atMs] of dueMs) if (clock.elapsedMs() >= atMs) dueMs.delete(other)
      dueMs.set(name, clock.elapsedMs() + pauseMs)
    },
  }
}
