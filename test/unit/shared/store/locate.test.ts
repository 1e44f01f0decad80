import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { directoryStore } from '../../../../shared/store/directory-store.ts'
import { locateBundle } from '../../../../shared/store/locate.ts'

const hash = 'ab'.repeat(32)
const anyHost = { allowPrivateHosts: true }

describe('locateBundle', () => {
  it.each([
    `http://127.0.0.1:8080/bundles/${hash}`,
    `https://miner.example/${hash}`,
    `https://bucket.example/a/b/${hash}`,
    `http://[2606:4700::1]:80/bundles/${hash}`,
  ])('finds the hash in %s', (uri) => {
    expect(locateBundle(uri, anyHost).hash).toBe(hash)
  })

  it.each([
    '',
    hash,
    `ftp://host/${hash}`,
    `data:,${hash}`,
    `http://host/${hash}/`,
    `http://host/${hash.toUpperCase()}`,
    `http://host/${hash}0`,
    `http://host/${hash.slice(1)}`,
    `http://user:password@host/${hash}`,
    `http://user@host/${hash}`,
    `http://host/${hash}?a`,
    `http://host/${hash}#a`,
    `http://host/?/${hash}`,
    `http://ho\nst/${hash}`,
    `http://host\\@other/${hash}`,
    `http:///${hash}`,
    ` http://host/${hash}`,
    `http://hóst/${hash}`,
    `http://host:99999/${hash}`,
    `http://host/${'a/'.repeat(130)}${hash}`,
    `file://host/dir/${hash}`,
    `file:///dir%2fother/${hash}`,
  ])('refuses %j as no URI of a bundle', (uri) => {
    const locate = () => locateBundle(uri, { ...anyHost, fileRoot: '/dir' })
    expect(locate).toThrow(expect.objectContaining({ code: 'STORE_URI_INVALID', retryable: false }))
  })

  it('throws nothing but its two errors, whatever a miner writes', () => {
    const uri = fc.oneof(
      fc.string(),
      fc.webUrl().map((url) => `${url}/${hash}`),
      fc.string().map((path) => `file:///${path}/${hash}`),
    )
    fc.assert(
      fc.property(uri, (uri) => {
        try {
          expect(locateBundle(uri, { allowPrivateHosts: false }).hash).toBe(hash)
        } catch (error) {
          expect((error as { code: string }).code).toMatch(/^STORE_URI_(INVALID|FORBIDDEN)$/)
        }
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('reads a file below the directory that is allowed', async () => {
    const fileRoot = await mkdtemp(join(tmpdir(), 'locate-'))
    onTestFinished(() => rm(fileRoot, { recursive: true }))
    const directory = join(fileRoot, 'miner 1')
    const stored = await directoryStore(directory).put(Uint8Array.of(1, 2))
    const located = locateBundle(`${pathToFileURL(directory)}/${stored}`, { ...anyHost, fileRoot })
    expect(await located.source.fetch(located.hash, { maxBytes: 2 })).toEqual(Uint8Array.of(1, 2))
  })

  it.each([
    `file:///dir/../etc/${hash}`,
    `file:///dir/%2e%2e/etc/${hash}`,
    `file:///directory/${hash}`,
    `file:///${hash}`,
  ])('refuses %s outside that directory', (uri) => {
    const forbidden = expect.objectContaining({ code: 'STORE_URI_FORBIDDEN' })
    expect(() => locateBundle(uri, { ...anyHost, fileRoot: '/dir' })).toThrow(forbidden)
  })

  it('refuses every file where no directory is allowed', () => {
    const forbidden = expect.objectContaining({ code: 'STORE_URI_FORBIDDEN' })
    expect(() => locateBundle(`file:///dir/${hash}`, anyHost)).toThrow(forbidden)
  })
})
