import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeBundle } from '../../../../shared/protocol/bundle.ts'
import type { BundleLimits } from '../../../../shared/protocol/bundle-limits.ts'
import type { Reason } from '../../../../shared/protocol/verdict.ts'

/** Fixed bytes, written once by scripts/build-hostile.ts. */
const corpus: {
  readonly limits: BundleLimits
  readonly honest: string
  readonly cases: readonly { readonly name: string; readonly reason: Reason; readonly bytes: string }[]
} = JSON.parse(readFileSync(new URL('../../../vectors/hostile/bundles.json', import.meta.url), 'utf8'))

const decode = (hex: string) => decodeBundle(new Uint8Array(Buffer.from(hex, 'hex')), corpus.limits)

describe('the hostile corpus', () => {
  it.each(corpus.cases)('$name ends as $reason', ({ bytes, reason }) => {
    const { value: bundle, rejection } = decode(bytes)
    expect(bundle).toBeUndefined()
    expect(rejection?.reason).toBe(reason)
  })

  it('costs no memory that its bytes do not have, bombs included', () => {
    const { arrayBuffers } = process.memoryUsage()
    for (const { bytes } of corpus.cases) decode(bytes)
    expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(16 * 2 ** 20)
  })

  it('starts from bytes that are a bundle', () => {
    expect(decode(corpus.honest).value?.groups).toHaveLength(2)
    expect(corpus.cases.length).toBeGreaterThan(60)
  })
})
