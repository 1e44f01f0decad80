import logUpdate from 'log-update'
import { systemClock } from '../../shared/clock.ts'

export interface BoardWatch {
  /** A phase has begun. */
  entered(): void
  /** A window has ended. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const redrawMs = 500

export interface Board {
  /** All of it, as it is now; null where nothing can be seen any more. */
  draw(): Promise<string | null>
  /** What a log says of the phase that has begun; null for nothing. */
  line(): string | null
}

/** On a terminal the board is redrawn in place; elsewhere each phase is a line and each window prints its board. */
export function watchBoard(board: Board): BoardWatch {
  return process.stdout.isTTY ? liveBoard(board) : printedBoard(board)
}

function printedBoard({ draw, line }: Board): BoardWatch {
  return {
    entered() {
      const text = line()
      if (text !== null) console.log(text)
    },
    settled: async () => console.log((await draw()) ?? ''),
    stop: async () => {},
  }
}

function liveBoard({ draw }: Board): BoardWatch {
  const stopped = new AbortController()
  const show = async () => {
    // The chain may be gone already; the last board then stays.
    const text = await draw()
    if (text !== null) logUpdate(text)
  }
  const redraw = async () => {
    while (!stopped.signal.aborted) {
      await show()
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
      await show()
      logUpdate.done()
    },
  }
}
