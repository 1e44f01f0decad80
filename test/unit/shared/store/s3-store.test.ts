/// <reference path="../../../helpers/s3rver.d.ts" />
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from '@20minutes/s3rver'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { directoryStore } from '../../../../shared/store/directory-store.ts'
import { mirroredStore } from '../../../../shared/store/mirrored-store.ts'
import { type Bucket, s3Store } from '../../../../shared/store/s3-store.ts'
import { bundleHash } from '../../../../shared/store/store.ts'
import { serveOnLoopback } from '../../../helpers/loopback.ts'

const bytes = new Uint8Array(300_000).map((_, i) => i % 251)
const hash = bundleHash(bytes)
const plenty = { maxBytes: bytes.length }
let server: S3rver
let directory: string
let bucket: Bucket

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollproof-s3-'))
  server = new S3rver({
    ...{
      address: '127.0.0.1',
      port: 0,
      silent: true,
      directory,
      configureBuckets: [{ name: 'bundles', configs: [] }],
    },
  })
  const { port } = await server.run()
  const keys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }
  bucket = { url: `http://127.0.0.1:${port}/bundles/subnet`, region: 'us-east-1', ...keys }
})
afterAll(async () => {
  await server.close()
  await rm(directory, { recursive: true })
})

describe('a bucket that speaks S3', () => {
  it('keeps what is put, under its hash, and gives it back', async () => {
    const store = s3Store(bucket)
    expect(await store.put(bytes)).toBe(hash)
    expect(await store.put(bytes)).toBe(hash)
    expect(new Uint8Array(await store.fetch(hash, plenty))).toEqual(bytes)
    await expect(store.fetch(hash, { maxBytes: 100 })).rejects.toMatchObject({ code: 'STORE_TOO_LARGE' })
    await expect(store.fetch('00'.repeat(32), plenty)).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' })
  })

  it('refuses a wrong key and a bucket that is not there, and says which', async () => {
    const stranger = s3Store({ ...bucket, secretAccessKey: 'guessed' })
    await expect(stranger.put(bytes)).rejects.toMatchObject({
      code: 'STORE_WRITE_FAILED',
      message: expect.stringContaining('check the credentials'),
    })
    const nowhere = s3Store({ ...bucket, url: bucket.url.replace('bundles', 'elsewhere') })
    await expect(nowhere.put(bytes)).rejects.toMatchObject({ message: expect.stringContaining('status 404') })
  })

  it('gives what the near store has lost', async () => {
    const near = await mkdtemp(join(tmpdir(), 'rollproof-near-'))
    onTestFinished(() => rm(near, { recursive: true, force: true }))
    const store = mirroredStore(directoryStore(near), s3Store(bucket))
    const other = bytes.subarray(1)
    const otherHash = await store.put(other)
    await rm(join(near, otherHash))
    expect(new Uint8Array(await store.fetch(otherHash, plenty))).toEqual(other)
    await expect(store.fetch('00'.repeat(32), plenty)).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' })
  })
})

describe('an S3 that lies about lengths', () => {
  it.each([
    ['more than it sends', bytes.length, 1000, 'STORE_UNREACHABLE'],
    ['less than it has', 1000, 1000, 'STORE_HASH_MISMATCH'],
    ['more than is allowed', bytes.length + 1, bytes.length, 'STORE_TOO_LARGE'],
  ])('is found out where it announces %s', async (_, announced, sent, code) => {
    const url = await serveOnLoopback((_request, response) => {
      response.writeHead(200, { 'content-length': announced })
      response.write(bytes.subarray(0, sent), () => response.destroy())
    })
    await expect(s3Store({ ...bucket, url }).fetch(hash, plenty)).rejects.toMatchObject({ code })
  })
})
