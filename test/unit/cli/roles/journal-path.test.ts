import { expect, test } from 'vitest'
import { journalPath } from '../../../../cli/roles/journal-path.ts'
import type { Deployment } from '../../../../shared/chain/deployment.ts'

const subnet = (chainId: number, rolloutLog: string) =>
  ({ chainId, contracts: { rolloutLog } }) as unknown as Deployment

test('keeps the identities of different subnets, roles and uids apart', () => {
  const paths = [
    journalPath('data', subnet(1, '0xA1'), 'miner', 0),
    journalPath('data', subnet(1, '0xB2'), 'miner', 0),
    journalPath('data', subnet(2, '0xA1'), 'miner', 0),
    journalPath('data', subnet(1, '0xA1'), 'miner', 1),
    journalPath('data', subnet(1, '0xA1'), 'validator', 0),
  ]
  expect(new Set(paths).size).toBe(paths.length)
})
