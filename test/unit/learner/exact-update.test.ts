import { expect, it } from 'vitest'
import { trainTwice } from './updates.ts'

/** Admission, gradients and AdamW of two updates. Recorded on x86-64; any machine repeats them. */
const RECORDED = {
  weights: [
    '0xa3ea4372b89e95ee4cf2189774a36cede6bd0c0e4b0e9221d1efc9f252f7ce2f',
    '0x107aad700f06da62a366c71e1261f4c5e2211745df520201355489ab678e085c',
  ],
  optimizers: [
    '0xc2e2fead7dc76085c91c117719b48fcdccc8dfe09da104906cc8784c82405df3',
    '0x43988c1c0629f6559cd7a03507e86b7dc866c69411020cdde3cb9b31c5707d80',
  ],
}

it('two updates under the exact profile give the recorded bytes', async () => {
  const { policy, first, second } = await trainTwice('exact')
  await policy.session.close()
  const updates = [first, second]
  expect({
    weights: updates.map(({ checkpoint }) => checkpoint.manifest.weights),
    optimizers: updates.map(({ record }) => record.optimizerAfter),
  }).toEqual(RECORDED)
})
