import type { Clock } from '../shared/clock.ts'

/** When bundles that could not be had are asked for again. Kept in memory: after a restart all are due. */
export interface AuditPace {
  isDue(window: number, miner: number): boolean
  noteTry(window: number, miner: number): void
}

export function paceAudits(clock: Clock, pauseMs: number): AuditPace {
  const dueMs = new Map<string, number>()
  const keyOf = (window: number, miner: number) => `${window}/${miner}`
  return {
    isDue: (window, miner) => clock.elapsedMs() >= (dueMs.get(keyOf(window, miner)) ?? 0),
    noteTry(window, miner) {
      for (const [key, atMs] of dueMs) if (clock.elapsedMs() >= atMs) dueMs.delete(key)
      dueMs.set(keyOf(window, miner), clock.elapsedMs() + pauseMs)
    },
  }
}
