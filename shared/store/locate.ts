import { dirname, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { directoryStore } from './directory-store.ts'
import { type HttpSourceOptions, httpSource } from './http-source.ts'
import { type BundleSource, isBundleHash, storeError } from './store.ts'

/** What RolloutLog accepts at most, a slash, and a root. */
const maxUriLength = 256 + 1 + 64

export interface LocateOptions extends HttpSourceOptions {
  /** Directory below which `file:` URIs may point; without it none is accepted. */
  readonly fileRoot?: string
}

/**
 * Turns the URI of a bundle into a source. A miner wrote it, so it may aim at the validator's own network:
 * the scheme is http, https or (where allowed) file; no credentials, query or fragment; the last segment is the
 * bundle's hash or root. Private hosts are refused unless the operator allows them, literal ones here and named ones
 * when their resolved address is connected to (`public-lookup.ts`, which covers DNS rebinding). Not covered:
 * public addresses that a private network routes to itself, and what a GET does to a public server.
 *
 * @throws SubnetError STORE_URI_INVALID (by the URI alone, alike for every validator), STORE_URI_FORBIDDEN (by
 *   this operator's choice)
 */
export function locateBundle(uri: string, options: LocateOptions): { hash: string; source: BundleSource } {
  const url = parseUri(uri)
  const hash = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
  if (!isBundleHash(hash))
    throw invalid(uri, 'it does not end with a bundle hash of 64 lower-case hex digits')
  if (url.protocol === 'file:')
    return { hash, source: directoryStore(allowedDirectory(url, options.fileRoot)) }
  return { hash, source: httpSource(url.href.slice(0, -(hash.length + 1)), options) }
}

function parseUri(uri: string): URL {
  if (uri.length > maxUriLength) throw invalid(uri, `it is longer than ${maxUriLength} characters`)
  // URL parsing drops tabs and line breaks and turns backslashes around: two readers might see two hosts.
  if (!/^[\x21-\x5b\x5d-\x7e]+$/.test(uri)) throw invalid(uri, 'it has characters that no URI has')
  const url = URL.parse(uri)
  if (!url || !['http:', 'https:', 'file:'].includes(url.protocol))
    throw invalid(uri, 'it is not an http, https or file URI')
  if (url.username || url.password) throw invalid(uri, 'it carries credentials')
  if (/[?#]/.test(uri)) throw invalid(uri, 'it carries a query or a fragment')
  if (url.protocol === 'file:' && url.host) throw invalid(uri, 'a file URI names no host')
  return url
}

function allowedDirectory(url: URL, fileRoot: string | undefined): string {
  let directory: string
  try {
    directory = dirname(fileURLToPath(url))
  } catch (cause) {
    throw invalid(url.href, 'it is not a path of this system', cause)
  }
  const root = fileRoot === undefined ? undefined : resolve(fileRoot)
  if (root !== undefined && (directory === root || directory.startsWith(root + sep))) return directory
  throw storeError(
    'STORE_URI_FORBIDDEN',
    `${url.href} names a local file ${root === undefined ? 'and none is allowed' : `outside ${root}`}`,
    { details: { uri: url.href } },
  )
}

function invalid(uri: string, why: string, cause?: unknown): Error {
  const shown = JSON.stringify(uri.slice(0, 120))
  return storeError('STORE_URI_INVALID', `${shown} is not the URI of a bundle: ${why}`, { cause })
}
