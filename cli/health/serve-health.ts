import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Address } from 'viem'
import { closeServer, listen } from '../../shared/http/listen.ts'
import type { Metrics } from './metrics.ts'
import type { HealthReport } from './role-health.ts'

export interface HealthServer {
  readonly url: string
  close(): Promise<void>
}

/** Whose health it is: one machine may run several roles. */
export interface RoleName {
  readonly role: string
  readonly key: Address
}

/** Supervisors and one Prometheus ask; nobody else has business here. */
const maxConnections = 32

/**
 * `/healthz`: 200 while the role does its duty, else 503 and why. `/readyz`: 200 once it looks at the chain.
 * `/metrics`: Prometheus' text. Nothing in them is secret, and nothing can be changed through them.
 * @param port 0 takes any free one
 * @throws SubnetError PORT_IN_USE, LISTEN_FAILED
 */
export async function serveHealth(
  where: { host: string; port: number },
  { role, report, metrics }: { role: RoleName; report(): HealthReport; metrics: Metrics },
): Promise<HealthServer> {
  const answer = async ({ method, url }: IncomingMessage, response: ServerResponse) => {
    if (method !== 'GET' && method !== 'HEAD') return response.writeHead(405, { allow: 'GET, HEAD' }).end()
    const told = report()
    const json = (good: boolean) =>
      response
        .writeHead(good ? 200 : 503, { 'content-type': 'application/json' })
        .end(`${JSON.stringify({ ...role, ...told })}\n`)
    if (url === '/healthz') return json(told.healthy)
    if (url === '/readyz') return json(told.ready)
    if (url !== '/metrics') return response.writeHead(404).end()
    const { registry } = metrics
    const text = await registry.metrics()
    return response.writeHead(200, { 'content-type': registry.contentType }).end(text)
  }
  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 10_000 }, (request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.maxConnections = maxConnections
  // A role that fails at its start ends, and does not live on to be asked how it is.
  server.unref()
  return { url: await listen(server, where), close: () => closeServer(server) }
}
