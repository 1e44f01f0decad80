import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { SubnetError } from '../../shared/errors.ts'
import { closeServer, listen } from '../../shared/http/listen.ts'
import type { Page } from '../build-page.ts'
import type { Failure } from '../views.ts'
import { refusalOf } from './guard.ts'
import { toJson } from './to-json.ts'
import { failureOf, type Watch } from './watch.ts'

export interface DashboardServer {
  readonly url: string
  close(): Promise<void>
}

/** Pages that may listen at once: each holds a connection. */
const mostListeners = 32
/** A connection that is said nothing for this long may have gone; comments show that it has not. */
const heartbeatMs = 15_000

const security = {
  // No script but our own file, no connection but to where the page came from, no frame around it.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

/**
 * Serves the page and the read-only API behind it.
 * @param read answers a path below `api/`
 * @throws SubnetError PORT_IN_USE, LISTEN_FAILED
 */
export async function serveDashboard(options: {
  readonly host: string
  readonly port: number
  readonly page: Page
  readonly watch: Watch
  read(path: string): Promise<unknown>
  onFailure(path: string, error: unknown): void
}): Promise<DashboardServer> {
  const { host, page, watch } = options
  let listeners = 0
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').split('?', 1)[0]
    const file = page[path === '/' ? '/index.html' : path]
    const { method, headers } = request
    for (const [name, value] of Object.entries(security)) response.setHeader(name, value)
    const refusal = refusalOf({ method, headers, isPage: path === '/' || path === '/index.html' }, host)
    if (refusal) return sendJson(response, refusal.status, { code: 'REFUSED', message: refusal.why })
    if (file) return send(response, 200, file.type, file.bytes)
    if (path === '/api/events') {
      if (listeners >= mostListeners) {
        return sendJson(response, 503, { code: 'BUSY', message: 'too many pages are open; close one' })
      }
      listeners++
      response.once('close', () => listeners--)
      return stream(response, watch)
    }
    if (!path.startsWith('/api/'))
      return sendJson(response, 404, { code: 'NOT_FOUND', message: 'no such page' })
    try {
      sendJson(response, 200, await options.read(path.slice('/api/'.length)))
    } catch (error) {
      options.onFailure(path, error)
      sendJson(response, statusOf(error), failureOf(error))
    }
  }
  const limits = { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 5000 }
  const server = createServer(limits, (request, response) => {
    answer(request, response).catch((error) => {
      options.onFailure(request.url ?? '', error)
      response.destroy()
    })
  })
  server.maxConnections = 128
  const url = await listen(server, options)
  return { url: `${url}/`, close: () => closeServer(server) }
}

function stream(response: ServerResponse, watch: Watch): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const say = (pulse: unknown) => response.write(`data: ${toJson(pulse)}\n\n`)
  const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs)
  const stop = watch.listen(say)
  response.once('close', () => {
    clearInterval(heartbeat)
    stop()
  })
  say(watch.pulse())
}

function statusOf(error: unknown): number {
  if (!(error instanceof SubnetError)) return 500
  if (error.code === 'NOT_FOUND') return 404
  return error.retryable ? 503 : 500
}

function sendJson(response: ServerResponse, status: number, body: Failure | unknown): void {
  send(response, status, 'application/json; charset=utf-8', Buffer.from(toJson(body)))
}

function send(response: ServerResponse, status: number, type: string, bytes: Uint8Array): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': bytes.length,
    'cache-control': 'no-store',
  })
  response.end(response.req.method === 'HEAD' ? undefined : bytes)
}
