import { useEffect, useState } from 'preact/hooks'
import type { Failure, Pulse } from '../views.ts'

/** When what a static copy shows was read; null on a page that follows the network. */
export const snapshot: string | null = document.documentElement.dataset.snapshot ?? null

export interface Resource<Value> {
  /** The last that could be read; kept while the next is under way or fails. */
  readonly data: Value | null
  readonly failure: Failure | null
}

/** Reads `api/{path}.json`, and again whenever the version changes. @param path null for nothing */
export function useResource<Value>(path: string | null, version: string): Resource<Value> {
  const [state, setState] = useState<Resource<Value> & { readonly path: string | null }>({
    path,
    data: null,
    failure: null,
  })
  useEffect(() => {
    if (path === null) return
    const controller = new AbortController()
    read<Value>(path, controller.signal).then(
      (data) => setState({ path, data, failure: null }),
      (error: Failure) => {
        if (controller.signal.aborted) return
        setState((before) => ({ path, data: before.path === path ? before.data : null, failure: error }))
      },
    )
    return () => controller.abort()
  }, [path, version])
  return state.path === path ? state : { data: null, failure: null }
}

async function read<Value>(path: string, signal: AbortSignal): Promise<Value> {
  const response = await fetch(`api/${path}.json`, { signal }).catch(() => null)
  if (!response && location.protocol === 'file:') throw notServed
  if (!response) throw unreachable('the dashboard does not answer; is it still running?')
  const body = await response.json().catch(() => null)
  if (response.ok && body !== null) return body as Value
  if (snapshot !== null)
    throw { code: 'SNAPSHOT', message: 'this is not part of the snapshot' } satisfies Failure
  throw body ?? unreachable(`what answers with ${response.status} is no dashboard`)
}

const notServed: Failure = {
  code: 'SNAPSHOT',
  message:
    'a browser reads nothing beside a page that was opened as a file: serve this folder with any web server, such as python3 -m http.server',
}

function unreachable(message: string): Failure {
  return { code: 'UNREACHABLE', message }
}

const still: Pulse = { version: 'snapshot', block: -1, failure: null }

/** Follows the network; the browser reconnects by itself. */
export function usePulse(): { readonly pulse: Pulse | null; readonly connected: boolean } {
  const [state, setState] = useState<{ pulse: Pulse | null; connected: boolean }>({
    pulse: snapshot === null ? null : still,
    connected: true,
  })
  useEffect(() => {
    if (snapshot !== null) return
    const events = new EventSource('api/events')
    events.onmessage = ({ data }) => setState({ pulse: JSON.parse(data), connected: true })
    events.onerror = () => setState(({ pulse }) => ({ pulse, connected: false }))
    return () => events.close()
  }, [])
  return state
}
