import type { Clock } from '../clock.ts'
import type { Duty } from '../duty.ts'
import type { Log } from '../log.ts'
import type { EndpointState, Endpoints } from './endpoints.ts'

const pauseMs = 15_000

/** Looks at every endpoint now and then, and tells when one begins or ceases to be of use. */
export function watchEndpoints(endpoints: Endpoints, { clock, log }: { clock: Clock; log: Log }): Duty {
  let dueMs = 0
  const told = new Map<string, EndpointState['state']>()
  return {
    name: 'endpoints',
    async run() {
      if (clock.elapsedMs() < dueMs) return
      dueMs = clock.elapsedMs() + pauseMs
      for (const { endpoint, state, head } of await endpoints.check()) {
        if (state === (told.get(endpoint) ?? 'serving')) continue
        told.set(endpoint, state)
        if (state === 'serving') log.info('endpoint serves again', { endpoint, head })
        else log.warn('passed over endpoint', { endpoint, state, head })
      }
    },
  }
}
