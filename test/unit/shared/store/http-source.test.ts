import type { RequestListener } from 'node:http'
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { httpSource } from '../../../../shared/store/http-source.ts'
import { bundleHash } from '../../../../shared/store/store.ts'
import { fakeClock } from '../../../helpers/fake-clock.ts'
import { serveOnLoopback } from '../../../helpers/loopback.ts'

const bytes = new Uint8Array(100_000).map((_, i) => i % 251)
const hash = bundleHash(bytes)
const plenty = { maxBytes: bytes.length }

async function startSource(listener: RequestListener, options = {}) {
  const asked: string[] = []
  const url = await serveOnLoopback((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    listener(request, response)
  })
  const clock = fakeClock()
  const source = httpSource(`${url}/bundles/`, { allowPrivateHosts: true, clock, ...options })
  return { source, clock, asked, url }
}

/** Answers each connection with fixed bytes, as no HTTP library would. */
async function rawServer(answer: string | Uint8Array, end = true): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.write(answer)
    if (end) socket.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

describe('the HTTP source', () => {
  it('fetches a bundle by its hash', async () => {
    const { source, asked } = await startSource((_, response) => response.end(bytes))
    expect(new Uint8Array(await source.fetch(hash, plenty))).toEqual(bytes)
    expect(asked).toEqual([`GET /bundles/${hash}`])
  })

  it('refuses wrong bytes, without a second try', async () => {
    const { source, asked } = await startSource((_, response) => response.end(bytes.subarray(1)))
    await expect(source.fetch(hash, plenty)).rejects.toMatchObject({
      code: 'STORE_HASH_MISMATCH',
      retryable: false,
    })
    expect(asked).toHaveLength(1)
  })

  it('goes on where it was cut off, and asks for the rest alone', async () => {
    const ranges: (string | undefined)[] = []
    const { source } = await startSource((request, response) => {
      ranges.push(request.headers.range)
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
      const left = { 'content-length': bytes.length - from }
      const range = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }
      response.writeHead(from > 0 ? 206 : 200, from > 0 ? { ...left, ...range } : left)
      const last = ranges.length === 3
      response.write(bytes.subarray(from, last ? undefined : from + 40_000), () =>
        last ? response.end() : response.destroy(),
      )
    })
    expect(new Uint8Array(await source.fetch(hash, plenty))).toEqual(bytes)
    expect(ranges[0]).toBeUndefined()
    expect(ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? ''))).toBe(true)
  })

  it('starts over where the server cannot go on, or goes on from elsewhere', async () => {
    for (const again of [
      { status: 200, headers: {}, body: bytes },
      {
        status: 206,
        headers: { 'content-range': `bytes 5-${bytes.length - 1}/${bytes.length}` },
        body: bytes,
      },
    ]) {
      let asked = 0
      const { source } = await startSource((_, response) => {
        if (asked++ === 0) {
          response.writeHead(200, { 'content-length': bytes.length })
          return void response.write(bytes.subarray(0, 40_000), () => response.destroy())
        }
        const { status, headers, body } = asked === 2 ? again : { status: 200, headers: {}, body: bytes }
        response.writeHead(status, headers).end(body)
      })
      const fetched = source.fetch(hash, plenty)
      if (again.status === 200) expect(new Uint8Array(await fetched)).toEqual(bytes)
      else await expect(fetched).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    }
  })

  it('refuses an announced length above the limit without waiting for the body', async () => {
    const { source } = await startSource((_, response) => {
      response.writeHead(200, { 'content-length': bytes.length + 1 }).flushHeaders()
    })
    await expect(source.fetch(hash, plenty)).rejects.toMatchObject({
      code: 'STORE_TOO_LARGE',
      retryable: false,
    })
  })

  it('stops reading an endless body at the limit', async () => {
    const { source } = await startSource((_, response) => {
      const pump = () => {
        while (!response.destroyed && response.write(bytes));
        if (!response.destroyed) response.once('drain', pump)
      }
      pump()
    })
    await expect(source.fetch(hash, plenty)).rejects.toMatchObject({ code: 'STORE_TOO_LARGE' })
  })

  it('takes exactly the announced length from a server that sends more', async () => {
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`
    const url = await rawServer(Buffer.concat([Buffer.from(head), bytes, bytes]))
    const source = httpSource(url, { allowPrivateHosts: true, clock: fakeClock() })
    expect(new Uint8Array(await source.fetch(hash, plenty))).toEqual(bytes)
  })

  it.each([
    ['a body shorter than announced', 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nshort'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nshorts'],
    ['endless headers', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}\r\n`],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['nothing', ''],
  ])('calls a server unreachable that sends %s, and tries again twice', async (_, answer) => {
    const clock = fakeClock()
    const source = httpSource(await rawServer(answer), { allowPrivateHosts: true, clock })
    await expect(source.fetch(hash, plenty)).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      retryable: true,
    })
    expect(clock.slept).toEqual([500, 2000])
  })

  it.each<[string, RequestListener, object]>([
    ['is silent', () => {}, { stallTimeoutMs: 60 }],
    [
      'stalls in the middle of the body',
      (_, response) => {
        response.writeHead(200, { 'content-length': bytes.length })
        response.write(bytes.subarray(0, 500))
      },
      { stallTimeoutMs: 60 },
    ],
    [
      'drips bytes for ever',
      (_, response) => {
        const drip = setInterval(() => response.write('x'), 5)
        response.on('close', () => clearInterval(drip))
      },
      { stallTimeoutMs: 30_000, timeoutMs: 100 },
    ],
  ])('cuts off a server that %s, without a second try', async (_, listener, limits) => {
    const { source, asked } = await startSource(listener, limits)
    await expect(source.fetch(hash, plenty)).rejects.toMatchObject({ code: 'STORE_STALLED', retryable: true })
    expect(asked).toHaveLength(1)
  })

  it('follows no redirect', async () => {
    const { source, asked } = await startSource((request, response) => {
      if (request.url === '/elsewhere') response.end(bytes)
      else response.writeHead(302, { location: '/elsewhere' }).end()
    })
    await expect(source.fetch(hash, plenty)).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      retryable: false,
    })
    expect(asked).toEqual([`GET /bundles/${hash}`])
  })

  it.each([
    [404, 'STORE_NOT_FOUND', false, 1],
    [410, 'STORE_NOT_FOUND', false, 1],
    [403, 'STORE_UNREACHABLE', false, 1],
    [206, 'STORE_UNREACHABLE', false, 1],
    [429, 'STORE_UNREACHABLE', true, 3],
    [503, 'STORE_UNREACHABLE', true, 3],
  ])('makes of status %i %s', async (status, code, retryable, tries) => {
    const { source, asked } = await startSource((_, response) => response.writeHead(status).end(bytes))
    await expect(source.fetch(hash, plenty)).rejects.toMatchObject({ code, retryable })
    expect(asked).toHaveLength(tries)
  })

  it('recovers when the server does', async () => {
    let failures = 0
    const { source, clock } = await startSource((request, response) => {
      if (failures++ === 0) request.socket.destroy()
      else if (failures === 2) response.writeHead(503).end()
      else response.end(bytes)
    })
    expect(new Uint8Array(await source.fetch(hash, plenty))).toEqual(bytes)
    expect(clock.slept).toEqual([500, 2000])
  })

  it('spends no more than its time on all attempts together', async () => {
    const { source, asked, clock } = await startSource((_, response) => response.writeHead(503).end(), {
      timeoutMs: 2000,
    })
    await expect(source.fetch(hash, plenty)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    expect([asked.length, clock.slept]).toEqual([2, [500]])
  })

  it('ends with the reason of its signal, while it reads', async () => {
    const abort = new AbortController()
    const { source } = await startSource(() => abort.abort(new Error('shutting down')))
    await expect(source.fetch(hash, { ...plenty, signal: abort.signal })).rejects.toThrow('shutting down')
  })

  it.each(['127.0.0.1', 'localhost', '[::1]', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]'])(
    'does not connect to %s unless private hosts are allowed',
    async (host) => {
      const { asked, url } = await startSource((_, response) => response.end(bytes))
      const source = httpSource(`http://${host}:${new URL(url).port}`, { allowPrivateHosts: false })
      await expect(source.fetch(hash, plenty)).rejects.toMatchObject({
        code: 'STORE_URI_FORBIDDEN',
        retryable: false,
      })
      expect(asked).toEqual([])
    },
  )
})
