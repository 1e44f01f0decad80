import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { systemClock } from '../clock.ts'
import { SubnetError } from '../errors.ts'
import { closeServer, listen } from '../http/listen.ts'
import { limitRate, type RateLimit } from '../http/rate-limit.ts'
import type { DirectoryStore } from './directory-store.ts'

export interface StoreServer {
  /** Base URL for `httpSource`: a bundle is at `{url}/{hash}`. */
  readonly url: string
  close(): Promise<void>
}

/** Validators are few and fetch once per window; whoever opens more connections is not one of them. */
const maxConnections = 256
/** Enough for 64 MiB at 5 Mbit/s; a reader slower than that only occupies a connection. */
const longestResponseMs = 120_000

/** A package of a thousand pieces may be fetched in one go, and a thousand more every quarter of a minute. */
const requests = { burst: 1024, perSecond: 64 }

/**
 * Serves a directory store to the world, read-only: GET and HEAD of `/bundles/{hash}`, from any byte on, and nothing
 * else. Bundles are streamed, so that memory does not grow with their size. One address is held to a rate; many may
 * still exhaust the connections, so a miner with enemies puts a reverse proxy in front. That one asks from loopback,
 * which is held to nothing: it would be everybody.
 *
 * @param port 0 takes any free one
 * @throws SubnetError PORT_IN_USE, LISTEN_FAILED
 */
export async function serveStore(options: {
  store: DirectoryStore
  host: string
  port: number
  mayAsk?: RateLimit
}): Promise<StoreServer> {
  const limits = {
    maxHeaderSize: 8192,
    headersTimeout: 5000,
    requestTimeout: 10_000,
    keepAliveTimeout: 5000,
    connectionsCheckingInterval: 1000,
  }
  const mayAsk = options.mayAsk ?? exceptLoopback(limitRate(requests, systemClock))
  const server = createServer(limits, (request, response) => {
    if (!mayAsk(request.socket.remoteAddress ?? '')) {
      response.writeHead(429, { 'retry-after': '1', connection: 'close' }).end()
      return
    }
    answer(options.store, request, response).catch(() => {
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  })
  server.maxConnections = maxConnections
  server.setTimeout(30_000)
  const origin = await listen(server, options)
  return { url: `${origin}/bundles`, close: () => closeServer(server) }
}

function exceptLoopback(mayAsk: RateLimit): RateLimit {
  return (address) => /^(::1$|(::ffff:)?127\.)/.test(address) || mayAsk(address)
}

async function answer(
  store: DirectoryStore,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD', connection: 'close' }).end()
    return
  }
  const hash = /^\/bundles\/([0-9a-f]{64})$/.exec(request.url ?? '')?.[1]
  // Any other kind of range may be ignored, as HTTP allows.
  const from = Number(/^bytes=(\d{1,15})-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const bundle = hash && (await openIfPresent(store, hash, from))
  if (!bundle) {
    response.writeHead(404).end()
    return
  }
  const { sizeBytes, stream } = bundle
  if (from > 0 && from >= sizeBytes) {
    stream.destroy()
    response.writeHead(416, { 'content-range': `bytes */${sizeBytes}` }).end()
    return
  }
  response.writeHead(from > 0 ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'content-length': sizeBytes - from,
    'accept-ranges': 'bytes',
    ...(from > 0 && { 'content-range': `bytes ${from}-${sizeBytes - 1}/${sizeBytes}` }),
    // The name is the hash of the content.
    etag: `"${hash}"`,
    'cache-control': 'public, max-age=31536000, immutable',
  })
  if (request.method === 'HEAD') {
    stream.destroy()
    response.end()
    return
  }
  await pipeline(stream, response, { signal: AbortSignal.timeout(longestResponseMs) })
}

async function openIfPresent(store: DirectoryStore, hash: string, from: number) {
  try {
    return await store.openRead(hash, from)
  } catch (error) {
    if (error instanceof SubnetError && error.code === 'STORE_NOT_FOUND') return undefined
    throw error
  }
}
