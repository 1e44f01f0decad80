import { systemClock } from '../../shared/clock.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { followHealth, type RoleHealth } from './role-health.ts'
import { type RoleName, serveHealth } from './serve-health.ts'
import { watchRelays } from './watch-relays.ts'

/** Everything that looks at a role from the side: its health, its figures, and who may ask for them. */
export interface Monitor {
  readonly health: RoleHealth
  readonly metrics: Metrics
  /** A line of the log, for both. */
  hear(message: string, fields: Readonly<Record<string, unknown>>): void
  /** @returns where it serves. @throws SubnetError PORT_IN_USE, LISTEN_FAILED */
  serve(where: { host: string; port: number }, relays: readonly string[]): Promise<string>
  close(): Promise<void>
}

export function openMonitor(role: RoleName, outboxDepth: () => number): Monitor {
  const health = followHealth(systemClock)
  const metrics = createMetrics(role.role, { report: health.report, outboxDepth })
  const closers: (() => unknown)[] = []
  return {
    health,
    metrics,
    hear(message, fields) {
      health.hear(message, fields)
      metrics.hear(message, fields)
    },
    async serve(where, relays) {
      const server = await serveHealth(where, { role, report: health.report, metrics })
      closers.push(server.close, watchRelays(relays, metrics.relayAnswered))
      return server.url
    },
    async close() {
      for (const close of closers.splice(0)) await close()
    },
  }
}
