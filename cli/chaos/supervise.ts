import { systemClock } from '../../shared/clock.ts'
import type { Child } from '../devnet/child.ts'

/** A role's process, started again whenever it ends, as the system's service manager does. */
export interface Supervised {
  readonly name: string
  /** What it said when it ended and nobody had killed it; one code for each time. */
  readonly exits: readonly string[]
  /** How often it was started. */
  starts(): number
  memoryBytes(): number
  /** As a power cut would: no handler runs. @returns whether there was anything to kill */
  kill(): boolean
  /** @returns whether there was anything to stop */
  freeze(ms: number): Promise<boolean>
  setClock(skewMs: number): void
  stop(): Promise<void>
}

const restartAfterMs = 500

export function supervise(name: string, start: () => Child): Supervised {
  const exits: string[] = []
  const stopping = new AbortController()
  let starts = 0
  let skewMs = 0
  let child: Child | null = null
  let killed = false

  const send = (signal: NodeJS.Signals): boolean => {
    try {
      return child?.pid !== undefined && process.kill(child.pid, signal)
    } catch {
      return false // It has just ended.
    }
  }

  async function live(): Promise<void> {
    while (!stopping.signal.aborted) {
      killed = false
      child = start()
      starts++
      if (skewMs !== 0) child.tell({ skewMs })
      await child.ended
      const crash = child.crash()
      child = null
      if (!killed && crash) exits.push(/: ([A-Z][A-Z_]+): /.exec(crash)?.[1] ?? crash)
      await systemClock.sleep(restartAfterMs, stopping.signal).catch(() => {})
    }
  }
  const lived = live()

  return {
    name,
    exits,
    starts: () => starts,
    memoryBytes: () => child?.memoryBytes() ?? 0,
    kill() {
      killed = send('SIGKILL')
      return killed
    },
    async freeze(ms) {
      const frozen = child
      if (!send('SIGSTOP')) return false
      await systemClock.sleep(ms, stopping.signal).catch(() => {})
      if (child === frozen) send('SIGCONT')
      return true
    },
    setClock(skew) {
      skewMs = skew
      child?.tell({ skewMs })
    },
    async stop() {
      stopping.abort()
      send('SIGCONT')
      await child?.stop()
      await lived
    },
  }
}
