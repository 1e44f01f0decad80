/** Long enough to be a token, and no word. */
const tokenShape = /^[\w.~-]{16,}$/

/** A URL as it may be shown: endpoints carry their secrets as credentials, in the query, or as a part of the path. */
export function redactUrl(text: string): string {
  const url = URL.parse(text)
  if (!url) return text
  const path = url.pathname.split('/').map((part) => (tokenShape.test(part) ? '…' : part))
  const credentials = url.username || url.password ? '…@' : ''
  const query = url.search ? '?…' : ''
  return `${url.protocol}//${credentials}${url.host}${path.join('/').replace(/\/$/, '')}${query}`
}
