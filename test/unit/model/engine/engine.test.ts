import { expect, it } from 'vitest'
import { digestEngine, EXACT_DIGESTS } from './engine-digest.ts'

it('native kernels give the same bits on one thread and on two', async () => {
  expect(await digestEngine('fast', 2)).toEqual(await digestEngine('fast', 1))
})

it('WebAssembly kernels give the recorded bits on one thread', async () => {
  expect(await digestEngine('exact', 1)).toEqual(EXACT_DIGESTS)
})
