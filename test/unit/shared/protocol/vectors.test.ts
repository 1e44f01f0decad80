import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { buildVectors } from '../../../../scripts/build-vectors.ts'

// The committed figures were checked against an independent implementation (eth_abi, PyCryptodome, cbor2, exact
// fractions), so equality here is agreement with it.
it('derives the committed vectors to the byte', () => {
  const committed = new URL('../../../vectors/protocol.json', import.meta.url)
  expect(buildVectors()).toBe(readFileSync(committed, 'utf8'))
})
