import type { Clock } from '../../shared/clock.ts'

/** Time that passes only by sleeping, at once. `slept` lists the durations. */
export function fakeClock(startMs = 0): Clock & { readonly slept: number[] } {
  const slept: number[] = []
  let nowMs = startMs
  return {
    slept,
    nowMs: () => nowMs,
    elapsedMs: () => nowMs - startMs,
    async sleep(durationMs, signal) {
      signal?.throwIfAborted()
      slept.push(durationMs)
      nowMs += durationMs
    },
  }
}
