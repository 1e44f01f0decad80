import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { buildEngineVectors } from '../../../scripts/build-engine-vectors.ts'

it('owes what the committed vectors say, to the byte', async () => {
  const committed = new URL('../../vectors/engines.json', import.meta.url)
  expect(await buildEngineVectors()).toBe(readFileSync(committed, 'utf8'))
})
