import { expect, it } from 'vitest'
import { digestEngine, EXACT_DIGESTS } from './engine-digest.ts'

// A file of its own: the WebAssembly engine fixes its number of threads once per process.
it('WebAssembly kernels give the recorded bits on two threads', async () => {
  expect(await digestEngine('exact', 2)).toEqual(EXACT_DIGESTS)
})
