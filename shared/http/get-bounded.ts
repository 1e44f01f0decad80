import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { SubnetError } from '../errors.ts'

export interface GetBounds {
  /** Largest body accepted; a larger announced length is refused before the first byte is read. */
  readonly maxBytes: number
  /** Longest the whole exchange may take: a server that drips bytes for ever is cut off here. */
  readonly timeoutMs: number
  /** Longest silence on the socket, connecting included. */
  readonly stallTimeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** Replaces name resolution, to decide which addresses may be connected to. */
  readonly lookup?: LookupFunction | undefined
}

export interface HttpAnswer {
  readonly status: number
  /** Empty unless the status is 200: nothing else is worth a server's chance to keep us reading. */
  readonly body: Uint8Array
}

/**
 * GET from a server that nobody trusts. Redirects are not followed, bodies are not decompressed, connections
 * are not reused. Any status is an answer.
 *
 * @throws SubnetError HTTP_UNREACHABLE, HTTP_TIMED_OUT, HTTP_STALLED (retryable), HTTP_TOO_LARGE; the signal's
 *   reason when it aborts; whatever SubnetError `lookup` gives
 */
export async function getBounded(url: URL, bounds: GetBounds): Promise<HttpAnswer> {
  bounds.signal?.throwIfAborted()
  const request = (url.protocol === 'https:' ? https : http).get(url, {
    agent: false,
    headers: { 'accept-encoding': 'identity' },
    timeout: bounds.stallTimeoutMs,
    ...(bounds.lookup && { lookup: bounds.lookup }),
  })
  // Destroying a request surfaces as a plain "aborted" on its response, so the true reason is kept here.
  let cutOffBy: unknown
  const cutOff = (reason: unknown) => {
    cutOffBy ??= reason
    request.destroy()
  }
  const onAbort = () => cutOff(bounds.signal?.reason)
  const deadline = setTimeout(
    () => cutOff(failure('HTTP_TIMED_OUT', url, `did not finish within ${bounds.timeoutMs} ms`)),
    bounds.timeoutMs,
  )
  bounds.signal?.addEventListener('abort', onAbort, { once: true })
  request.once('timeout', () =>
    cutOff(failure('HTTP_STALLED', url, `sent nothing for ${bounds.stallTimeoutMs} ms`)),
  )
  try {
    return await readAnswer(url, request, bounds.maxBytes)
  } catch (error) {
    if (cutOffBy !== undefined) throw cutOffBy
    if (error instanceof SubnetError) throw error
    throw failure('HTTP_UNREACHABLE', url, `could not be read: ${(error as Error).message}`, error)
  } finally {
    clearTimeout(deadline)
    bounds.signal?.removeEventListener('abort', onAbort)
    request.destroy()
  }
}

async function readAnswer(url: URL, request: http.ClientRequest, maxBytes: number): Promise<HttpAnswer> {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    // Stays attached: destroying the request later emits errors that would otherwise end the process.
    request.on('error', reject)
  })
  const status = response.statusCode as number
  if (status !== 200) return { status, body: new Uint8Array() }

  const tooLarge = () => failure('HTTP_TOO_LARGE', url, `sends more than the ${maxBytes} bytes allowed`)
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let received = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    received += chunk.length
    if (received > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return { status, body: Buffer.concat(chunks) }
}

function failure(code: string, url: URL, what: string, cause?: unknown): SubnetError {
  return new SubnetError(code, `${url} ${what}`, {
    retryable: code !== 'HTTP_TOO_LARGE',
    details: { url: url.href },
    cause,
  })
}
