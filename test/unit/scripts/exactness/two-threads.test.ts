import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { digestWindow } from '../../../../scripts/exactness/digest-window.ts'

// A file of its own: the WebAssembly engine fixes its number of threads once per process.
it('gives the recorded window under the exact profile on two threads', async () => {
  const url = new URL('../../../vectors/exactness.json', import.meta.url)
  const policy = fileURLToPath(new URL('../../../../models/default', import.meta.url))
  expect(await digestWindow(policy, 'exact', 2)).toEqual(JSON.parse(readFileSync(url, 'utf8')).exact)
})
