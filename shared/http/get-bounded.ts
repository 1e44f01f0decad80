import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import type { ErrorCode } from '../error-codes/catalogue.ts'
import { SubnetError } from '../errors.ts'

export interface GetBounds {
  /** Largest body accepted; a larger announced length is refused before the first byte is read. */
  readonly maxBytes: number
  /** Longest the whole exchange may take: a server that drips bytes for ever is cut off here. */
  readonly timeoutMs: number
  /** Longest silence on the socket, connecting included. */
  readonly stallTimeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** What an earlier exchange was cut off after: only the rest is asked for, where the server can do that. */
  readonly resume?: Received | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Replaces name resolution, to decide which addresses may be connected to. */
  readonly lookup?: LookupFunction | undefined
}

/** Chunks of a body, kept by the caller so that a cut costs only what was still to come. */
export interface Received {
  chunks: Uint8Array[]
  bytes: number
}

export interface HttpAnswer {
  readonly status: number
  /** Empty unless the status is 200, which a resumed exchange has too: nothing else is worth a server's chance to keep us reading. */
  readonly body: Uint8Array
}

/**
 * GET from a server that nobody trusts. Redirects are not followed, bodies are not decompressed, connections
 * are not reused. Any status is an answer.
 *
 * @throws SubnetError HTTP_UNREACHABLE, HTTP_TIMED_OUT, HTTP_STALLED (retryable), HTTP_TOO_LARGE; the signal's
 *   reason when it aborts; whatever SubnetError `lookup` gives
 */
export function getBounded(url: URL, bounds: GetBounds): Promise<HttpAnswer> {
  return exchange(url, bounds)
}

/** As `getBounded`, with something to say: POST, and JSON both ways. */
export function postBounded(
  url: URL,
  value: unknown,
  bounds: Omit<GetBounds, 'resume'>,
): Promise<HttpAnswer> {
  const headers = { ...bounds.headers, 'content-type': 'application/json' }
  return exchange(url, { ...bounds, headers }, Buffer.from(JSON.stringify(value)))
}

/** @param body sent with POST where there is one */
async function exchange(url: URL, bounds: GetBounds, body?: Uint8Array): Promise<HttpAnswer> {
  bounds.signal?.throwIfAborted()
  const { resume = { chunks: [], bytes: 0 } } = bounds
  const request = (url.protocol === 'https:' ? https : http).request(url, {
    agent: false,
    method: body ? 'POST' : 'GET',
    headers: {
      ...bounds.headers,
      'accept-encoding': 'identity',
      ...(resume.bytes > 0 && { range: `bytes=${resume.bytes}-` }),
      ...(body && { 'content-length': body.length }),
    },
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
    request.end(body)
    return await readAnswer(url, request, bounds.maxBytes, resume)
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

async function readAnswer(
  url: URL,
  request: http.ClientRequest,
  maxBytes: number,
  received: Received,
): Promise<HttpAnswer> {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    // Stays attached: destroying the request later emits errors that would otherwise end the process.
    request.on('error', reject)
  })
  const { statusCode, headers } = response
  const resumed = statusCode === 206 && headers['content-range']?.startsWith(`bytes ${received.bytes}-`)
  if (!resumed) Object.assign(received, { chunks: [], bytes: 0 })
  if (statusCode !== 200 && !resumed) return { status: Number(statusCode), body: new Uint8Array() }

  const tooLarge = () => failure('HTTP_TOO_LARGE', url, `sends more than the ${maxBytes} bytes allowed`)
  if (received.bytes + Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge()
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    received.bytes += chunk.length
    if (received.bytes > maxBytes) throw tooLarge()
    received.chunks.push(chunk)
  }
  return { status: 200, body: Buffer.concat(received.chunks) }
}

function failure(code: ErrorCode, url: URL, what: string, cause?: unknown): SubnetError {
  return new SubnetError(code, `${url} ${what}`, {
    retryable: code !== 'HTTP_TOO_LARGE',
    details: { url: url.href },
    cause,
  })
}
