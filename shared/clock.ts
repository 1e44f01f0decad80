import { setTimeout as sleepTimer } from 'node:timers/promises'

/** Injected wherever waiting or the time of day decides something, so that tests need neither. */
export interface Clock {
  /** Unix time in milliseconds. It jumps when somebody sets the machine's clock. */
  nowMs(): number
  /** Milliseconds since some moment. It never jumps: pauses and durations go by it. */
  elapsedMs(): number
  /** Rejects with the signal's reason when it aborts. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>
}

/** Node fires a timer at once when its delay does not fit 31 bits. */
const longestTimerMs = 2 ** 31 - 1

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => Math.floor(performance.now()),
  async sleep(durationMs, signal) {
    signal?.throwIfAborted()
    try {
      for (let leftMs = durationMs; leftMs > 0; leftMs -= longestTimerMs)
        await sleepTimer(Math.min(leftMs, longestTimerMs), undefined, signal ? { signal } : {})
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  },
}
