import { SubnetError } from '../shared/errors.ts'
import { asFullDisk } from '../shared/full-disk.ts'

/**
 * Runs a program until it ends, is asked to end (SIGINT, SIGTERM), or loses the parent that started it over IPC.
 * The first request aborts the signal so that work in hand can finish; a second ends the process at once.
 */
export async function runUntilStopped(program: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort(new SubnetError('STOPPED', 'asked to stop'))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  process.on('disconnect', stop)
  process.channel?.unref()
  try {
    await program(controller.signal)
  } catch (error) {
    if (!controller.signal.aborted) throw error
  }
}

/** Resolves when the signal aborts, at once when it has. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** One line for people: the code to search for, then what was wrong and what to do. */
export function describeFailure(thrown: unknown): string {
  const error = asFullDisk(thrown) ?? thrown
  if (error instanceof SubnetError) return `${error.code}: ${error.message}`
  return `UNEXPECTED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}
