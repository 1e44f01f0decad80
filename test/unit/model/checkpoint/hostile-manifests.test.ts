import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hashManifest, parseManifest } from '../../../../model/checkpoint/manifest.ts'
import { endsCoded, hostileTexts } from '../../../helpers/hostile-json.ts'

const file = new URL('../../../../models/default/manifest.json', import.meta.url)
const manifest = JSON.parse(readFileSync(file, 'utf8'))

it('any text near a manifest is one or a corrupt checkpoint, and no two have one hash', async () => {
  const endings = new Map<string, number>()
  const known = new Map<string, unknown>()
  await fc.assert(
    fc.asyncProperty(hostileTexts(manifest), async (text) => {
      const ending = await endsCoded(() => {
        const read = parseManifest(text, 'manifest.json')
        const same = known.get(hashManifest(read))
        if (same) expect(read).toEqual(same)
        known.set(hashManifest(read), read)
      }, ['CHECKPOINT_CORRUPT'])
      endings.set(ending, (endings.get(ending) ?? 0) + 1)
    }),
    { seed: 11, numRuns: 4000 },
  )
  expect([...endings.keys()].sort()).toEqual(['CHECKPOINT_CORRUPT', 'answered'])
  expect(known.size).toBeGreaterThan(10)
})
