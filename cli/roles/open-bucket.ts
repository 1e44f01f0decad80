import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { SubnetError } from '../../shared/errors.ts'
import { mirroredStore } from '../../shared/store/mirrored-store.ts'
import { s3Store } from '../../shared/store/s3-store.ts'
import type { BundleStore } from '../../shared/store/store.ts'

interface BucketValues {
  readonly s3: string | undefined
  readonly s3Region: string
  readonly s3Credentials: string | undefined
}

const credentialsShape = z.strictObject({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
})

/**
 * The role's store, and its bucket where it has one.
 * @throws SubnetError CONFIG_INVALID, KEY_UNREADABLE, KEY_EXPOSED, KEY_MALFORMED
 */
export function withBucket(store: BundleStore, values: BucketValues): BundleStore {
  const { s3: url, s3Region: region, s3Credentials } = values
  if (url === undefined) return store
  if (s3Credentials === undefined) {
    throw new SubnetError(
      'CONFIG_INVALID',
      '--s3 needs --s3-credentials: the file with the key of the bucket',
    )
  }
  return mirroredStore(store, s3Store({ url, region, ...readCredentials(s3Credentials) }))
}

/** No cause is passed on that may quote the file. */
function readCredentials(path: string): z.output<typeof credentialsShape> {
  let text: string
  let mode: number
  try {
    mode = statSync(path).mode
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new SubnetError(
      'KEY_UNREADABLE',
      `cannot read the credentials ${path}: ${(error as Error).message}`,
    )
  }
  if ((mode & 0o077) !== 0) {
    throw new SubnetError('KEY_EXPOSED', `others can read the credentials ${path}. Run: chmod 600 ${path}`)
  }
  try {
    return credentialsShape.parse(JSON.parse(text))
  } catch {
    throw new SubnetError(
      'KEY_MALFORMED',
      `${path} must hold { "accessKeyId": "…", "secretAccessKey": "…" } and nothing else`,
    )
  }
}
