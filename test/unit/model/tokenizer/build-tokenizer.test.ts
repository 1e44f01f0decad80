import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { buildTokenizer } from '../../../../model/tokenizer/build-tokenizer.ts'

it('builds the committed tokenizer to the byte', () => {
  const committed = new URL('../../../../models/default/tokenizer.json', import.meta.url)
  expect(buildTokenizer()).toBe(readFileSync(committed, 'utf8'))
})
