import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../../dashboard/api/guard.ts'

const own = '127.0.0.1:4840'
const ask = (headers: Record<string, string>, { method = 'GET', isPage = false } = {}) =>
  refusalOf({ method, headers, isPage }, '127.0.0.1')?.status ?? 'answered'

describe('a request', () => {
  it.each(['127.0.0.1:4840', 'localhost:9', '[::1]:4840', '192.168.1.4', 'LOCALHOST'])(
    'is answered under %s',
    (host) => expect(ask({ host })).toBe('answered'),
  )

  it.each([
    'evil.example',
    'evil.example:4840',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '',
    '[::1',
    'a@127.0.0.1',
  ])('is refused under the foreign name "%s"', (host) => expect(ask({ host })).toBe(403))

  it('is answered under the name that the operator bound to, and under no other', () => {
    const headers = (host: string) => ({ method: 'GET', headers: { host }, isPage: false })
    expect(refusalOf(headers('node.internal:80'), 'node.internal')).toBeNull()
    expect(refusalOf(headers('other.internal:80'), 'node.internal')?.status).toBe(403)
  })

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:4841', 'https://127.0.0.1:4840'])(
    'from a page of %s is refused',
    (origin) => expect(ask({ host: own, origin })).toBe(403),
  )

  it('from its own page is answered', () => {
    expect(ask({ host: own, origin: `http://${own}`, 'sec-fetch-site': 'same-origin' })).toBe('answered')
  })

  it('that another site makes is refused, but a link from there may open the page', () => {
    const headers = { host: own, 'sec-fetch-site': 'cross-site' }
    expect(ask(headers)).toBe(403)
    expect(ask(headers, { isPage: true })).toBe('answered')
    expect(ask({ host: own, 'sec-fetch-site': 'same-site' })).toBe(403)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'CONNECT'])('of method %s is refused', (method) => {
    expect(ask({ host: own }, { method })).toBe(405)
  })
})
