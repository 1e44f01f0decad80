import logUpdate from 'log-update'
import { systemClock } from '../../shared/clock.ts'
import type { Outcome } from './outcome.ts'
import { type Progress, renderBoard, renderStep } from './render.ts'

export interface BoardWatch {
  /** A phase has begun. */
  entered(): void
  /** A window has ended. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const redrawMs = 500

/** On a terminal the board is redrawn in place; elsewhere each phase is a line and each window prints its board. */
export function watchBoard(look: () => Promise<Outcome>, progress: () => Progress): BoardWatch {
  return process.stdout.isTTY ? liveBoard(look, progress) : printedBoard(look, progress)
}

function printedBoard(look: () => Promise<Outcome>, progress: () => Progress): BoardWatch {
  return {
    entered() {
      const { window, windows, phase, seconds } = progress()
      if (phase !== 'done') console.log(renderStep(seconds, `window ${window + 1} of ${windows}: ${phase}`))
    },
    settled: async () => console.log(renderBoard(await look(), progress())),
    stop: async () => {},
  }
}

function liveBoard(look: () => Promise<Outcome>, progress: () => Progress): BoardWatch {
  const stopped = new AbortController()
  const draw = async () => {
    // The chain may be gone already; the last board then stays.
    const outcome = await look().catch(() => null)
    if (outcome) logUpdate(renderBoard(outcome, progress()))
  }
  const redraw = async () => {
    while (!stopped.signal.aborted) {
      await draw()
      await systemClock.sleep(redrawMs, stopped.signal).catch(() => {})
    }
  }
  const drawing = redraw()
  return {
    entered: () => {},
    settled: async () => {},
    async stop() {
      stopped.abort()
      await drawing
      await draw()
      logUpdate.done()
    },
  }
}
