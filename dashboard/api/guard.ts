import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/** A refusal: the status and why, for people. */
export interface Refusal {
  readonly status: 403 | 405
  readonly why: string
}

/**
 * A page of a stranger, open in the same browser, must neither read this API nor make it work. A name that the
 * stranger's own server resolves to this machine (DNS rebinding) shows in `Host`: only addresses, `localhost` and
 * the name that the operator bound to are answered. Requests from another site show in `Origin` or `Sec-Fetch-Site`.
 * @param boundTo host that the operator chose
 */
export function refusalOf(
  request: {
    readonly method: string | undefined
    readonly headers: IncomingHttpHeaders
    readonly isPage: boolean
  },
  boundTo: string,
): Refusal | null {
  const { method, headers, isPage } = request
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, why: 'nothing here can be changed: GET only' }
  const host = headers.host ?? ''
  if (!isOwnName(hostnameOf(host), boundTo)) {
    return { status: 403, why: 'asked for under a foreign name; open it by its address' }
  }
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) {
    return { status: 403, why: 'asked by a page of another site' }
  }
  const site = headers['sec-fetch-site']
  // A link from elsewhere may lead to the page, but nothing elsewhere may fetch what is behind it.
  const foreign = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (foreign && !isPage) return { status: 403, why: 'asked by a page of another site' }
  return null
}

function hostnameOf(host: string): string {
  const parsed = /^(\[[0-9a-f:.]+\]|[^:[\]/@?#\\\s]+)(?::\d{1,5})?$/i.exec(host)
  return (parsed?.[1] ?? '').replace(/^\[|\]$/g, '').toLowerCase()
}

function isOwnName(name: string, boundTo: string): boolean {
  if (name === '') return false
  return isIP(name) !== 0 || name === 'localhost' || name === boundTo.toLowerCase()
}
