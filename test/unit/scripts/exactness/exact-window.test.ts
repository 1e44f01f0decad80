import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { nativeKernelClass } from '../../../../model/engine/kernel-class.ts'
import { digestWindow, type WindowDigest } from '../../../../scripts/exactness/digest-window.ts'

const url = new URL('../../../vectors/exactness.json', import.meta.url)
const vectors: { exact: WindowDigest; fast: Record<string, WindowDigest> } = JSON.parse(
  readFileSync(url, 'utf8'),
)
const policy = fileURLToPath(new URL('../../../../models/default', import.meta.url))

it('gives the recorded tokens, sketches, log-probabilities and verdicts under the exact profile, on any machine', async () => {
  expect(await digestWindow(policy, 'exact', 1)).toEqual(vectors.exact)
})

it('owes the same tokens under the fast profile, and the recorded bits where this class of kernels is known', async () => {
  const digests = await digestWindow(policy, 'fast', 1)
  expect(digests.tokens).toBe(vectors.exact.tokens)
  expect(digests).toEqual(vectors.fast[await nativeKernelClass()] ?? digests)
})

it('tells the native kernels from the portable ones', async () => {
  for (const digests of Object.values(vectors.fast)) {
    expect(digests.logProbabilities).not.toBe(vectors.exact.logProbabilities)
  }
})
