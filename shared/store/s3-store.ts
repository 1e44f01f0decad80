import { AwsV4Signer } from 'aws4fetch'
import { SubnetError } from '../errors.ts'
import { httpSource } from './http-source.ts'
import { assertBundleHash, type BundleStore, bundleHash, storeError } from './store.ts'

export interface Bucket {
  /** Of the bucket and the path within it: a bundle is at `{url}/{hash}`. */
  readonly url: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Enough for 64 MiB at 5 Mbit/s. */
const longestPutMs = 120_000
/** What AWS signs in place of the hash of no body. */
const emptyHash = bundleHash(new Uint8Array())

/**
 * Bundles as objects of a bucket that speaks S3: AWS', or another's. It is the operator's own, so any address will do,
 * and is trusted no more than a stranger's: lengths are bounded, and bytes checked against their hash.
 */
export function s3Store(bucket: Bucket): BundleStore {
  const base = bucket.url.replace(/\/+$/, '')
  const { region, accessKeyId, secretAccessKey } = bucket
  const sign = async (method: string, url: string, sha256: string): Promise<Record<string, string>> => {
    const headers = { 'x-amz-content-sha256': sha256 }
    const keys = { accessKeyId, secretAccessKey, region, service: 's3' }
    const signed = await new AwsV4Signer({ method, url, headers, ...keys }).sign()
    return Object.fromEntries(signed.headers)
  }
  const source = httpSource(base, {
    allowPrivateHosts: true,
    headersFor: (url) => sign('GET', url.href, emptyHash),
  })
  return {
    ...source,
    async put(bytes, hash = bundleHash(bytes)) {
      assertBundleHash(hash)
      const url = `${base}/${hash}`
      try {
        const headers = await sign('PUT', url, bundleHash(bytes))
        const signal = AbortSignal.timeout(longestPutMs)
        const response = await fetch(url, {
          ...{ method: 'PUT', headers, signal, redirect: 'error' },
          body: bytes as BodyInit,
        })
        await response.body?.cancel()
        if (!response.ok) throw refused(hash, base, response.status)
        return hash
      } catch (cause) {
        if (cause instanceof SubnetError) throw cause
        throw storeError(
          'STORE_WRITE_FAILED',
          `cannot store bundle ${hash} in ${base}: ${(cause as Error).message}; check the bucket’s address and the network`,
          { retryable: true, details: { hash, where: base }, cause },
        )
      }
    },
  }
}

function refused(hash: string, base: string, status: number): SubnetError {
  const why =
    status === 401 || status === 403 ? 'check the credentials and what they may do' : 'check the bucket'
  return storeError(
    'STORE_WRITE_FAILED',
    `${base} answered with status ${status} to bundle ${hash}: ${why}`,
    { retryable: true, details: { hash, where: base, status } },
  )
}
