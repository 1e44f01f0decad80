import type { Hex } from 'viem'
import { z } from 'zod'
import { SubnetError } from '../../shared/errors.ts'
import { bundleHash, isBundleHash } from '../../shared/store/store.ts'
import { canonicalJson } from '../checkpoint/manifest.ts'
import { FILES } from '../checkpoint/read-checkpoint.ts'
import { chunkBytes, maxPackageBytes } from './chunks.ts'

/** The weights of a delta package: what changed since the parent. */
export const DELTA = 'model.delta'

const manifestHash = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value), {
  message: 'expected 0x and 64 lower-case hex digits',
})
const contentHash = z
  .string()
  .refine(isBundleHash, { message: 'expected 64 lower-case hex digits', abort: true })

const fileShape = z
  .strictObject({
    name: z.enum([...Object.values(FILES), DELTA]),
    sizeBytes: z.int().positive().max(maxPackageBytes),
    sha256: contentHash,
    /** sha256 of each chunk, in order. */
    chunks: z.array(contentHash).max(maxPackageBytes / chunkBytes),
  })
  .refine(({ sizeBytes, chunks }) => chunks.length === Math.ceil(sizeBytes / chunkBytes), {
    message: 'the number of chunks does not fit the size',
  })

const indexShape = z
  .strictObject({
    version: z.literal(1),
    manifestHash,
    /** Null when the weights are whole; otherwise the checkpoint that they are told as a change of. */
    parent: z
      .strictObject({
        manifestHash,
        /** Hash of the parent's own package; null when it is to be found elsewhere. */
        package: contentHash.nullable(),
      })
      .nullable(),
    /** Of all files together. */
    totalBytes: z.int().positive().max(maxPackageBytes),
    files: z.array(fileShape).max(Object.keys(FILES).length + 1),
  })
  .refine(({ files }) => new Set(files.map(({ name }) => name)).size === files.length, {
    message: 'a file is listed twice',
  })
  .refine(({ files, totalBytes }) => files.reduce((sum, file) => sum + file.sizeBytes, 0) === totalBytes, {
    message: 'the sizes do not add up to totalBytes',
  })
  .refine(({ files, parent }) => files.every(({ name }) => namesOf(parent !== null).has(name)), {
    message: 'the files are not those of such a package',
  })
  .refine(({ files, parent }) => files.length === namesOf(parent !== null).size, {
    message: 'a file is missing',
  })

/**
 * What a package consists of. Its own sha256 is the address of the package: the last segment of the URI on chain.
 */
export type PackageIndex = z.infer<typeof indexShape>
export type PackageFile = PackageIndex['files'][number]

/** An index of the largest package fits. */
export const maxIndexBytes = 2 ** 18

export function encodeIndex(index: PackageIndex): Uint8Array {
  return new TextEncoder().encode(canonicalJson(index))
}

/**
 * Strict: one index has one byte string, and all its sizes are bounded before anything is allocated for them.
 * @throws SubnetError PACKAGE_INVALID
 */
export function parseIndex(bytes: Uint8Array): PackageIndex {
  const hash = bundleHash(bytes)
  if (bytes.length > maxIndexBytes)
    throw packageInvalid(hash, `its index is larger than ${maxIndexBytes} bytes`)
  const text = new TextDecoder().decode(bytes)
  let index: PackageIndex
  try {
    index = indexShape.parse(JSON.parse(text))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : 'its index is not JSON'
    throw packageInvalid(hash, reason, cause)
  }
  if (canonicalJson(index) !== text) throw packageInvalid(hash, 'its index is not in canonical form')
  return index
}

export function packageInvalid(hash: string, reason: string, cause?: unknown): SubnetError {
  return new SubnetError(
    'PACKAGE_INVALID',
    `the package ${hash} cannot be used: ${reason}. Nothing was loaded; tell who published it.`,
    { details: { package: hash, reason }, cause },
  )
}

function namesOf(isDelta: boolean): ReadonlySet<string> {
  return new Set([FILES.manifest, FILES.config, FILES.tokenizer, isDelta ? DELTA : FILES.weights])
}
