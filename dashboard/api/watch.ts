import type { ChainContext } from '../../shared/chain/connect.ts'
import { readBlockNumber } from '../../shared/chain/read-block-number.ts'
import type { Clock } from '../../shared/clock.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Failure, Pulse } from '../views.ts'

/** Looks at chain and journals, and says when there is something new. */
export interface Watch {
  pulse(): Pulse
  /** @returns how to stop listening */
  listen(onPulse: (pulse: Pulse) => void): () => void
  look(): Promise<void>
  /** Looks once a second until the signal aborts. */
  run(signal: AbortSignal): Promise<void>
}

/** People notice a second; an endpoint does not. */
const pollMs = 1000

/** @param changes looks at what else may have changed; another text whenever it has */
export function openWatch(chain: ChainContext, changes: () => string, clock: Clock): Watch {
  const listeners = new Set<(pulse: Pulse) => void>()
  let pulse: Pulse = { version: '', block: -1, failure: null }
  const look = async () => {
    const next = await lookOnce(chain, changes, pulse)
    const isNews = next.version !== pulse.version || next.failure?.message !== pulse.failure?.message
    pulse = next
    if (isNews) for (const listener of listeners) listener(pulse)
  }
  return {
    pulse: () => pulse,
    listen(onPulse) {
      listeners.add(onPulse)
      return () => void listeners.delete(onPulse)
    },
    look,
    async run(signal) {
      while (!signal.aborted) {
        await look()
        await clock.sleep(pollMs, signal).catch(() => {})
      }
    },
  }
}

async function lookOnce(chain: ChainContext, changes: () => string, before: Pulse): Promise<Pulse> {
  try {
    const block = Number(await readBlockNumber(chain))
    return { version: `${block}.${changes()}`, block, failure: null }
  } catch (error) {
    return { ...before, failure: failureOf(error) }
  }
}

/** What is told of a failure: its code and message, and nothing that only a log should have. */
export function failureOf(error: unknown): Failure {
  if (error instanceof SubnetError) return { code: error.code, message: error.message }
  return { code: 'UNEXPECTED', message: 'the dashboard failed at this; its log says how' }
}
