import { createServer, type RequestListener } from 'node:http'
import { onTestFinished } from 'vitest'
import { closeServer, listen } from '../../shared/http/listen.ts'

/** A real HTTP server on a free loopback port, gone when the test ends. */
export async function serveOnLoopback(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  const url = await listen(server, { host: '127.0.0.1', port: 0 })
  onTestFinished(() => closeServer(server))
  return url
}
