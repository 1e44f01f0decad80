import { createHash } from 'node:crypto'
import { SubnetError } from '../errors.ts'

/** Where a bundle comes from. What it gives is a fact about somebody's disk or server, never a verdict. */
export interface BundleSource {
  /**
   * What is stored under a name.
   * @throws SubnetError STORE_NOT_FOUND, STORE_TOO_LARGE, STORE_HASH_MISMATCH, STORE_UNREACHABLE, STORE_STALLED;
   *   the signal's reason when it aborts
   */
  fetch(name: string, options: FetchBundleOptions): Promise<Uint8Array>
}

export interface FetchBundleOptions {
  /** Limit on the stored bytes, enforced before they are read into memory. */
  readonly maxBytes: number
  readonly signal?: AbortSignal | undefined
  /** Whether bytes are the ones that the name stands for; their hash is the name where this is absent. */
  readonly fits?: ((bytes: Uint8Array) => boolean) | undefined
}

export interface BundleStore extends BundleSource {
  /**
   * Returns once the bytes are durable. Idempotent.
   * @param name the root that they were committed under, 64 digits without prefix; their hash where absent
   * @returns the name
   */
  put(bytes: Uint8Array, name?: string): Promise<string>
}

/**
 * Where nobody committed to them, the name of stored bytes: lower-case hex of their sha256, 64 digits, no prefix. A
 * committed bundle goes by its root, which looks alike and binds the bytes as well (`commitmentRoot`).
 */
export function bundleHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export function isBundleHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

/** @throws SubnetError STORE_HASH_INVALID */
export function assertBundleHash(text: string): void {
  if (!isBundleHash(text))
    throw new SubnetError(
      'STORE_HASH_INVALID',
      `${JSON.stringify(text.slice(0, 80))} is not a bundle hash: 64 lower-case hex digits of sha256`,
    )
}

/** @throws SubnetError STORE_HASH_MISMATCH */
export function assertBundleBytes(
  name: string,
  bytes: Uint8Array,
  where: string,
  fits = (given: Uint8Array) => bundleHash(given) === name,
): void {
  if (fits(bytes)) return
  const actual = bundleHash(bytes)
  throw storeError(
    'STORE_HASH_MISMATCH',
    `${where} holds other bytes than ${name} stands for: their hash is ${actual}`,
    { details: { hash: name, actual, where } },
  )
}

export function tooLarge(hash: string, maxBytes: number, where: string): SubnetError {
  return storeError('STORE_TOO_LARGE', `bundle ${hash} in ${where} exceeds the ${maxBytes} bytes allowed`, {
    details: { hash, maxBytes, where },
  })
}

export function notFound(hash: string, where: string, cause?: unknown): SubnetError {
  return storeError('STORE_NOT_FOUND', `there is no bundle ${hash} in ${where}`, {
    details: { hash, where },
    cause,
  })
}

export type StoreErrorCode =
  | 'STORE_NOT_FOUND'
  | 'STORE_TOO_LARGE'
  | 'STORE_HASH_MISMATCH'
  | 'STORE_UNREACHABLE'
  | 'STORE_STALLED'
  | 'STORE_WRITE_FAILED'
  | 'STORE_URI_INVALID'
  | 'STORE_URI_FORBIDDEN'

export function storeError(
  code: StoreErrorCode,
  message: string,
  options: { retryable?: boolean; details?: Record<string, unknown>; cause?: unknown },
): SubnetError {
  return new SubnetError(code, message, options)
}
