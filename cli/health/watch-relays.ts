import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { systemClock } from '../../shared/clock.ts'

const channels = {
  start: 'http.client.request.start',
  error: 'http.client.request.error',
  finish: 'http.client.response.finish',
} as const

interface Exchange {
  readonly request: ClientRequest
  readonly response?: IncomingMessage
}

/**
 * Times every request to one of the relays, as Node itself reports them. Other hosts are strangers', and there is no
 * end to their names.
 * @returns stops watching
 */
export function watchRelays(
  relays: readonly string[],
  answered: (call: { relay: string; ms: number; ok: boolean }) => void,
): () => void {
  const hosts = new Set(relays.map((relay) => new URL(relay).host))
  const started = new WeakMap<ClientRequest, number>()
  const end = (request: ClientRequest, ok: boolean) => {
    const startedMs = started.get(request)
    if (startedMs === undefined) return
    started.delete(request)
    answered({ relay: String(request.getHeader('host')), ms: systemClock.elapsedMs() - startedMs, ok })
  }
  const onStart = (message: unknown) => {
    const { request } = message as Exchange
    if (hosts.has(String(request.getHeader('host')))) started.set(request, systemClock.elapsedMs())
  }
  const onError = (message: unknown) => end((message as Exchange).request, false)
  const onFinish = (message: unknown) => {
    const { request, response } = message as Exchange
    end(request, response?.statusCode === 200)
  }
  subscribe(channels.start, onStart)
  subscribe(channels.error, onError)
  subscribe(channels.finish, onFinish)
  return () => {
    unsubscribe(channels.start, onStart)
    unsubscribe(channels.error, onError)
    unsubscribe(channels.finish, onFinish)
  }
}
