import { beforeAll, describe, expect, it } from 'vitest'
import { settlementAbi } from '../../shared/chain/abi.ts'
import { readSettlement } from '../../shared/chain/read-settlement.ts'
import { readSettlementInput } from '../../shared/chain/read-settlement-input.ts'
import type { Settlement } from '../../shared/chain/read-settlements.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { settleEpoch } from '../../shared/chain/settle-epoch.ts'
import { settleInSteps } from '../../shared/chain/settle-in-steps.ts'
import { rowTotal } from '../../shared/protocol/score.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'
import { createCommittee, type TestCommittee, vote } from './committee.ts'
import { oneToken, testConfig } from './subnet.ts'

const schedule = {
  ...{ startDelayBlocks: 1_200, windowBlocks: 80, commitBlocks: 50, epochWindows: 1 },
  ...{ revealBlocks: 20, beaconDelaySeconds: 0 },
}
const miners = 270
let committee: TestCommittee

/** Beyond the first 256 miners for some validators only, so that rows have one slice, two, or none. */
function rowsOf(epoch: number): number[][] {
  const random = createSeededRandom(epoch + 1)
  return [miners, 256, 0, miners - 3, miners - 5].map((length) => {
    const raw = Array.from({ length }, () => random() ** 4)
    const sum = raw.reduce((a, b) => a + b, 0)
    return raw.map((value) => Math.floor((value * rowTotal) / sum))
  })
}

beforeAll(async () => {
  const stakes = [500n, 400n, 300n, 450n, 350n].map((stake) => stake * oneToken)
  committee = await createCommittee({ ...testConfig, schedule }, stakes, miners)
})

async function twice(epoch: number): Promise<[atOnce: Settlement, inSteps: Settlement]> {
  const { subnet } = committee
  const snapshot = await subnet.rpc('evm_snapshot')
  const atOnce = await settleEpoch(subnet, epoch)
  await subnet.rpc('evm_revert', [snapshot])
  expect(await readSettlement(subnet, epoch)).toBeNull()
  await settleInSteps(subnet, epoch, await readSettlementInput(subnet, epoch))
  const inSteps = await readSettlement(subnet, epoch)
  if (!inSteps) throw new Error(`epoch ${epoch} is not settled`)
  return [atOnce, inSteps]
}

describe('a chunked settlement', () => {
  it('ends as one in a single transaction, bonds included', async () => {
    for (const epoch of [0, 1, 2]) {
      await vote(committee, epoch, rowsOf(epoch))
      const [atOnce, inSteps] = await twice(epoch)
      expect(inSteps).toEqual(atOnce)
      expect(inSteps.bonds.columns).toHaveLength(miners)
      expect(inSteps.ranks.slice(256).some((rank) => rank > 0)).toBe(true)
    }
  })

  it('pays nothing and counts nothing as settled before its end, and anyone may go on', async () => {
    const { subnet, hotKeys } = committee
    const epoch = 3
    await vote(committee, epoch, rowsOf(epoch))
    const begin = { address: subnet.deployment.contracts.settlement, abi: settlementAbi } as const
    await sendTransaction(subnet, { ...begin, functionName: 'begin', args: [3n] })
    await expect(
      sendTransaction(hotKeys[0], { ...begin, functionName: 'begin', args: [3n] }),
    ).rejects.toMatchObject({ details: { error: 'AlreadyBegun' } })
    const next = () => subnet.publicClient.readContract({ ...begin, functionName: 'nextEpoch' })
    expect(await next()).toBe(3n)
    expect(await readSettlement(subnet, epoch)).toBeNull()
    await settleInSteps(hotKeys[1], epoch, await readSettlementInput(subnet, epoch))
    expect(await next()).toBe(4n)
    expect((await readSettlement(subnet, epoch))?.payouts).not.toEqual([])
  })
})
