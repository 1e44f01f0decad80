import { expect, it } from 'vitest'
import { measureGas } from '../gas/measure.ts'
import { compareGas, readSnapshot } from '../gas/snapshot.ts'

it('has no call that costs two percent more than in test/gas.json', async () => {
  expect(compareGas(readSnapshot(), await measureGas())).toEqual([])
}, 300_000)
