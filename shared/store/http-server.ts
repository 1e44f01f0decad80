import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { SubnetError } from '../errors.ts'
import { closeServer, listen } from '../http/listen.ts'
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

/**
 * Serves a directory store to the world, read-only: GET and HEAD of `/bundles/{hash}` and nothing else. Bundles
 * are streamed, so that memory does not grow with their size. Anyone may exhaust the connections; a miner with
 * enemies puts a reverse proxy with limits per address in front.
 *
 * @param port 0 takes any free one
 * @throws SubnetError PORT_IN_USE, LISTEN_FAILED
 */
export async function serveStore(options: {
  store: DirectoryStore
  host: string
  port: number
}): Promise<StoreServer> {
  const limits = {
    maxHeaderSize: 8192,
    headersTimeout: 5000,
    requestTimeout: 10_000,
    keepAliveTimeout: 5000,
    connectionsCheckingInterval: 1000,
  }
  const server = createServer(limits, (request, response) => {
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
  const bundle = hash && (await openIfPresent(store, hash))
  if (!bundle) {
    response.writeHead(404).end()
    return
  }
  const { sizeBytes, stream } = bundle
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': sizeBytes,
    // The name is the hash of the content.
    'cache-control': 'public, max-age=31536000, immutable',
  })
  if (request.method === 'HEAD') {
    stream.destroy()
    response.end()
    return
  }
  await pipeline(stream, response, { signal: AbortSignal.timeout(longestResponseMs) })
}

async function openIfPresent(store: DirectoryStore, hash: string) {
  try {
    return await store.openRead(hash)
  } catch (error) {
    if (error instanceof SubnetError && error.code === 'STORE_NOT_FOUND') return undefined
    throw error
  }
}
