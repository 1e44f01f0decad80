import { expect, it } from 'vitest'
import { printPreview } from '../../../../cli/govern/print-preview.ts'

const values = {
  deployment: '/nowhere/deployment.json',
  rpc: 'http://127.0.0.1:1',
  json: true,
  set: [],
  epochs: 8,
  journal: undefined,
}

it.each([[['does not exist']], [['none', 'does not exist']]])(
  'refuses the attack names %j before it reads a file or asks the chain',
  async (attack) => {
    await expect(printPreview({ ...values, attack })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { unknown: 'does not exist' },
    })
  },
)

it('goes on where no attack is wanted', async () => {
  const going = printPreview({ ...values, attack: ['none'] })
  await expect(going).rejects.toMatchObject({ details: { path: values.deployment } })
})
