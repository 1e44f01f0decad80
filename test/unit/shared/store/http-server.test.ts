import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { request as rawRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { directoryStore } from '../../../../shared/store/directory-store.ts'
import { serveStore } from '../../../../shared/store/http-server.ts'
import { locateBundle } from '../../../../shared/store/locate.ts'
import { bundleHash } from '../../../../shared/store/store.ts'

async function start(port = 0) {
  const directory = await mkdtemp(join(tmpdir(), 'store-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const store = directoryStore(directory)
  const server = await serveStore({ store, host: '127.0.0.1', port })
  onTestFinished(() => server.close())
  return { directory, store, ...server }
}

/** A request whose path is sent as it is, unlike `fetch`, which tidies it up. */
function statusOf(url: string, path: string, method = 'GET'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    rawRequest({ hostname, port, path, method, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

describe('the store server', () => {
  it('serves what the store holds to who has its URI', async () => {
    const { store, url } = await start()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300_000 }), async (bytes) => {
        const uri = `${url}/${await store.put(bytes)}`
        const { hash, source } = locateBundle(uri, { allowPrivateHosts: true })
        expect(hash).toBe(bundleHash(bytes))
        expect(Buffer.compare(await source.fetch(hash, { maxBytes: bytes.length }), bytes)).toBe(0)
      }),
      { seed: 1, numRuns: 15 },
    )
  })

  it('gives the size without the body to HEAD', async () => {
    const { store, url } = await start()
    const hash = await store.put(new Uint8Array(1234))
    const response = await fetch(`${url}/${hash}`, { method: 'HEAD' })
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '1234'])
    expect((await response.arrayBuffer()).byteLength).toBe(0)
  })

  it('goes on from any byte, and says when there are no more', async () => {
    const { store, url } = await start()
    const bytes = new Uint8Array(1000).map((_, i) => i % 251)
    const hash = await store.put(bytes)
    const ask = (range: string) => fetch(`${url}/${hash}`, { headers: { range } })
    const rest = await ask('bytes=990-')
    expect([rest.status, rest.headers.get('content-range')]).toEqual([206, 'bytes 990-999/1000'])
    expect(new Uint8Array(await rest.arrayBuffer())).toEqual(bytes.subarray(990))
    const none = await ask('bytes=1000-')
    expect([none.status, none.headers.get('content-range')]).toEqual([416, 'bytes */1000'])
    for (const odd of ['bytes=0-', 'bytes=-5', 'bytes=0-1,4-5', 'lines=1-', 'bytes=1-2']) {
      const whole = await ask(odd)
      expect([whole.status, (await whole.arrayBuffer()).byteLength]).toEqual([200, 1000])
    }
  })

  it('turns away who asks too often, by address', async () => {
    const { store } = await start()
    const hash = await store.put(Uint8Array.of(1))
    const asked: string[] = []
    const mayAsk = (address: string) => asked.push(address) < 3
    const server = await serveStore({ store, host: '127.0.0.1', port: 0, mayAsk })
    onTestFinished(() => server.close())
    const statuses: number[] = []
    for (let i = 0; i < 4; i++) statuses.push((await fetch(`${server.url}/${hash}`)).status)
    expect(statuses).toEqual([200, 200, 429, 429])
    expect(new Set(asked)).toEqual(new Set(['127.0.0.1']))
  })

  it('answers 404 to every other path', async () => {
    const { store, url } = await start()
    const hash = await store.put(Uint8Array.of(1))
    for (const path of [
      '/',
      '/bundles',
      '/bundles/',
      `/${hash}`,
      `/bundles/${hash}/`,
      `/bundles/${hash}?x`,
      `/bundles/${hash.toUpperCase()}`,
      `/bundles/../bundles/${hash}`,
      `/bundles/%2e%2e/${hash}`,
      `//bundles/${hash}`,
      '/bundles/../../../etc/passwd',
      `/bundles/${'0'.repeat(64)}`,
    ])
      expect([path, await statusOf(url, path)]).toEqual([path, 404])
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('answers 405 to %s', async (method) => {
    const { store, url } = await start()
    const hash = await store.put(Uint8Array.of(1))
    expect(await statusOf(url, `/bundles/${hash}`, method)).toBe(405)
    expect(await store.fetch(hash, { maxBytes: 1 })).toEqual(Uint8Array.of(1))
  })

  it('answers 500 where its own store is broken, and goes on serving', async () => {
    const { directory, store, url } = await start()
    const [good, linked] = [await store.put(Uint8Array.of(1)), bundleHash(Uint8Array.of(2))]
    await symlink(join(directory, good), join(directory, linked))
    expect(await statusOf(url, `/bundles/${linked}`)).toBe(500)
    expect(await statusOf(url, `/bundles/${good}`)).toBe(200)
  })

  it('names the port that is taken', async () => {
    const port = Number(new URL((await start()).url).port)
    await expect(start(port)).rejects.toMatchObject({ code: 'PORT_IN_USE', details: { port } })
  })
})
