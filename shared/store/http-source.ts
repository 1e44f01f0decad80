import { isIP } from 'node:net'
import { type Clock, systemClock } from '../clock.ts'
import { SubnetError } from '../errors.ts'
import { getBounded, type Received } from '../http/get-bounded.ts'
import { isPublicAddress, privateHost, publicLookup } from './public-lookup.ts'
import {
  assertBundleBytes,
  assertBundleHash,
  type BundleSource,
  type FetchBundleOptions,
  notFound,
  storeError,
  tooLarge,
} from './store.ts'

export interface HttpSourceOptions {
  /** Whether loopback, private and other special addresses may be connected to: on a devnet only. */
  readonly allowPrivateHosts: boolean
  /** Longest one fetch may take, all attempts together, whatever the server sends. */
  readonly timeoutMs?: number
  /** Longest silence of the server. */
  readonly stallTimeoutMs?: number
  /** Pauses before further attempts; none where another server can be asked instead. */
  readonly retryPausesMs?: readonly number[]
  readonly clock?: Clock
  /** What a server asks for besides, such as a signature. */
  readonly headersFor?: (url: URL) => Promise<Readonly<Record<string, string>>>
}

/**
 * Bundles from a server that may belong to an adversary: `GET {baseUrl}/{hash}`, nothing sent, redirects
 * refused, size limited before buffering, time limited in silence and in total, bytes checked against their
 * hash. Only what a pause may cure is tried again, from where it was cut off; a server that stalled gets no second
 * chance to hold us up.
 */
export function httpSource(
  baseUrl: string,
  {
    allowPrivateHosts,
    timeoutMs = 60_000,
    stallTimeoutMs = 10_000,
    retryPausesMs = [500, 2000],
    clock = systemClock,
    headersFor,
  }: HttpSourceOptions,
): BundleSource {
  const base = baseUrl.replace(/\/+$/, '')

  async function attempt(
    hash: string,
    { maxBytes, signal, fits }: FetchBundleOptions,
    leftMs: number,
    resume: Received,
  ): Promise<Uint8Array> {
    const url = new URL(`${base}/${hash}`)
    if (!allowPrivateHosts) assertPublicIfLiteral(url)
    const lookup = allowPrivateHosts ? undefined : publicLookup
    const headers = await headersFor?.(url)
    const bounds = { maxBytes, timeoutMs: leftMs, stallTimeoutMs, signal, lookup, resume, headers }
    const { status, body } = await getBounded(url, bounds)
    if (status === 404 || status === 410) throw notFound(hash, base)
    if (status !== 200) throw refused(hash, base, status)
    assertBundleBytes(hash, body, base, fits)
    return body
  }

  return {
    async fetch(hash, options) {
      assertBundleHash(hash)
      const deadlineMs = clock.elapsedMs() + timeoutMs
      const received: Received = { chunks: [], bytes: 0 }
      for (let tried = 0; ; tried++) {
        try {
          return await attempt(hash, options, deadlineMs - clock.elapsedMs(), received)
        } catch (cause) {
          options.signal?.throwIfAborted()
          const error = translate(cause, hash, base, options.maxBytes)
          const mayRecover = error.retryable && error.code !== 'STORE_STALLED'
          const spent =
            tried === retryPausesMs.length || clock.elapsedMs() + retryPausesMs[tried] >= deadlineMs
          if (!mayRecover || spent) throw error
        }
        await clock.sleep(retryPausesMs[tried], options.signal)
      }
    },
  }
}

function assertPublicIfLiteral({ hostname }: URL): void {
  const address = hostname.replace(/^\[|\]$/g, '')
  if (isIP(address) && !isPublicAddress(address)) throw privateHost(hostname, address)
}

function refused(hash: string, base: string, status: number): SubnetError {
  const what =
    status >= 300 && status < 400 ? `a redirect (status ${status}), which is refused` : `status ${status}`
  return storeError('STORE_UNREACHABLE', `${base} answered with ${what} instead of bundle ${hash}`, {
    retryable: status >= 500 || status === 429,
    details: { hash, where: base, status },
  })
}

function translate(cause: unknown, hash: string, base: string, maxBytes: number): SubnetError {
  if (!(cause instanceof SubnetError)) throw cause
  const context = { retryable: true, details: { hash, where: base }, cause }
  const message = `bundle ${hash} could not be fetched: ${cause.message}`
  if (cause.code === 'HTTP_TOO_LARGE') return tooLarge(hash, maxBytes, base)
  if (cause.code === 'HTTP_UNREACHABLE') return storeError('STORE_UNREACHABLE', message, context)
  if (cause.code === 'HTTP_STALLED' || cause.code === 'HTTP_TIMED_OUT')
    return storeError('STORE_STALLED', message, context)
  return cause
}
