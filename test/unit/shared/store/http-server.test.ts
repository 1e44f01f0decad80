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
