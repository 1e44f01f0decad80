import fc from 'fast-check'
import type { Hex } from 'viem'
import { describe, expect, it } from 'vitest'
import { rewardVaultAbi, settlementAbi } from '../../shared/chain/abi.ts'
import { payoutTree } from '../../shared/chain/payout-tree.ts'
import { readActiveStakes } from '../../shared/chain/read-active-stakes.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import { readRules } from '../../shared/chain/read-rules.ts'
import { readSettlement } from '../../shared/chain/read-settlement.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { settleEpoch } from '../../shared/chain/settle-epoch.ts'
import { noBonds } from '../../shared/protocol/bonds.ts'
import { emptySeat } from '../../shared/protocol/committee.ts'
import { decideConsensus, payoutsOf, splitEmission } from '../../shared/protocol/consensus.ts'
import { revealEnd, scoreCommitStart } from '../../shared/protocol/schedule.ts'
import { rowTotal } from '../../shared/protocol/score.ts'
import { createCommittee as createOn, vote } from './committee.ts'
import { oneToken, type TestSubnet, testConfig } from './subnet.ts'

const phases = {
  startDelayBlocks: 200,
  windowBlocks: 30,
  commitBlocks: 10,
  epochWindows: 1,
  revealBlocks: 8,
  beaconDelaySeconds: 0,
}
const config = { ...testConfig, schedule: phases }
const createCommittee = (stakes: readonly bigint[], miners: number) => createOn(config, stakes, miners)
const schedule = { ...phases, startBlock: 200n }

async function settle(subnet: TestSubnet, epoch: number, rows: readonly Hex[]): Promise<void> {
  await sendTransaction(subnet, {
    address: subnet.deployment.contracts.settlement,
    abi: settlementAbi,
    functionName: 'settle',
    args: [BigInt(epoch), rows, '0x', []],
  })
}

const carried = ({ publicClient, deployment }: TestSubnet) =>
  publicClient.readContract({
    address: deployment.contracts.rewardVault,
    abi: rewardVaultAbi,
    functionName: 'carried',
  })

/** Few distinct values, so that ties are common, and rows that do not use their whole sum. */
const row = (miners: number) =>
  fc
    .array(fc.oneof(fc.constantFrom(0, 1, 2, 100), fc.nat(rowTotal)), { maxLength: miners })
    .map((weights) => {
      const sum = weights.reduce((a, b) => a + b, 0)
      return sum <= rowTotal ? weights : weights.map((weight) => Math.floor((weight * rowTotal) / sum))
    })

const cases = fc
  .record({ miners: fc.integer({ min: 1, max: 18 }), validators: fc.integer({ min: 1, max: 5 }) })
  .chain(({ miners, validators }) =>
    fc.record({
      miners: fc.constant(miners),
      stakes: fc.array(fc.oneof(fc.constantFrom(100n, 200n), fc.bigInt({ min: 100n, max: 9_999n })), {
        minLength: validators,
        maxLength: validators,
      }),
      epochs: fc.array(
        fc.array(fc.option(row(miners), { freq: 6 }), { minLength: validators, maxLength: validators }),
        { minLength: 10, maxLength: 10 },
      ),
    }),
  )

describe('Settlement', () => {
  it('equals the integer reference in 60 random epochs, to the last digit', async () => {
    const seen = { voided: 0, paid: 0 }
    await fc.assert(
      fc.asyncProperty(cases, async ({ miners, stakes, epochs }) => {
        // An odd unit, so that quantising the stake has to round.
        const committee = await createCommittee(
          stakes.map((stake) => stake * oneToken + 7n),
          miners,
        )
        const { subnet } = committee
        let pool = 0n
        let bonds = noBonds
        for (const [epoch, rows] of epochs.entries()) {
          await vote(committee, epoch, rows)
          const settlement = await settleEpoch(subnet, epoch)
          const rules = await readRules(subnet, epoch)
          const active = await readActiveStakes(subnet, epoch)
          const expected = decideConsensus(
            active.map((stake, uid) => ({ stake, weights: rows[uid] })),
            rules,
            bonds,
          )
          bonds = expected?.bonds ?? bonds
          pool += rules.emissionPerEpoch
          seen[expected ? 'paid' : 'voided'] += 1
          expect(settlement.voided).toBe(expected === null)
          if (expected) {
            const pools = splitEmission(pool, rules.minerSharePpm)
            const payouts = payoutsOf(expected, pools)
            expect(settlement).toMatchObject({ ...expected, ...pools, payouts })
            expect(settlement.root).toBe(payoutTree(epoch, payouts).root)
            pool -= payouts.reduce((sum, { amount }) => sum + amount, 0n)
          }
          expect(await carried(subnet)).toBe(pool)
        }
      }),
      { seed: 4, numRuns: 6 },
    )
    expect(seen.paid).toBeGreaterThan(20)
    expect(seen.voided).toBeGreaterThan(2)
  }, 300_000)

  it('refuses before the reveal phase is over', async () => {
    const { subnet } = await createCommittee([100n * oneToken], 1)
    await subnet.advanceTo(revealEnd(schedule, 0) - 1n)
    await expect(settle(subnet, 0, [])).rejects.toMatchObject({ details: { error: 'RevealPhaseRunning' } })
  })

  it('refuses to leave out, alter, reorder or add a revealed row', async () => {
    const committee = await createCommittee([100n * oneToken, 100n * oneToken], 2)
    const { subnet } = committee
    await vote(committee, 0, [
      [1, 2],
      [3, 4],
    ])
    const [first, second] = (await readReveals(subnet, 0)).map(({ row }) => row)
    const attempts: [`0x${string}`[], string][] = [
      [[first], 'RowMissing'],
      [[second], 'RowMismatch'],
      [[second, first], 'RowMismatch'],
      [[first, '0x00030005'], 'RowMismatch'],
      [[first, second, first], 'RowsExcess'],
    ]
    for (const [rows, error] of attempts) {
      await expect(settle(subnet, 0, rows)).rejects.toMatchObject({ details: { error } })
    }
    await settle(subnet, 0, [first, second])
    await expect(settle(subnet, 0, [first, second])).rejects.toMatchObject({
      details: { error: 'EpochAlreadySettled' },
    })
  })

  it('gives the validator with a minority of stake no say', async () => {
    const committee = await createCommittee([300n * oneToken, 100n * oneToken], 2)
    await vote(committee, 0, [
      [32_767, 0],
      [0, 32_767],
    ])
    const settlement = await settleEpoch(committee.subnet, 0)
    expect(settlement.consensus).toEqual([32_767, 0])
    expect(settlement.payouts.map(({ role, uid }) => [role, uid])).toEqual([
      ['miner', 0],
      ['validator', 0],
    ])
  })

  it('ignores stake that came after the first block of the epoch', async () => {
    const committee = await createCommittee([100n * oneToken, 100n * oneToken], 2)
    const { subnet, hotKeys } = committee
    await subnet.advanceTo(schedule.startBlock)
    const late = await subnet.register('validator', 'late', 50_000n * oneToken)
    const rows = [
      [32_767, 0],
      [32_767, 0],
      [0, 32_767],
    ]
    await vote({ ...committee, hotKeys: [...hotKeys, late.hotKey] }, 0, rows)
    const settlement = await settleEpoch(subnet, 0)
    expect(settlement.validatorUids.filter((uid) => uid !== emptySeat)).toEqual([0, 1])
    expect(settlement.consensus).toEqual([32_767, 0])
  })

  it('rolls the emission over when less than two thirds of the stake revealed', async () => {
    const committee = await createCommittee([200n * oneToken, 101n * oneToken], 1)
    const { subnet } = committee
    await vote(committee, 0, [[32_767], null])
    expect(await settleEpoch(subnet, 0)).toMatchObject({ voided: true, payouts: [] })
    await vote(committee, 1, [[32_767], [32_767]])
    const { minerPool, validatorPool } = await settleEpoch(subnet, 1)
    expect(minerPool + validatorPool).toBe(2n * config.rules.emissionPerEpoch)
  })

  it('rolls the emission over when no miner has a majority behind it, and pays no validator for it', async () => {
    const committee = await createCommittee([100n * oneToken, 100n * oneToken, 100n * oneToken], 3)
    const rows = [[32_767], [0, 32_767], [0, 0, 32_767]]
    await vote(committee, 0, rows)
    expect(await settleEpoch(committee.subnet, 0)).toMatchObject({ voided: true, payouts: [] })
    expect(await carried(committee.subnet)).toBe(config.rules.emissionPerEpoch)
  })

  it('voids idle epochs on the way, and refuses to pass over one with revealed rows', async () => {
    const committee = await createCommittee([100n * oneToken], 1)
    const { subnet } = committee
    await vote(committee, 1, [[32_767]])
    await subnet.advanceTo(revealEnd(schedule, 2))
    await expect(settle(subnet, 2, [])).rejects.toMatchObject({ details: { error: 'EpochOutOfOrder' } })
    await settleEpoch(subnet, 1)
    expect(await readSettlement(subnet, 0)).toMatchObject({ voided: true })
    expect(await readSettlement(subnet, 1)).toMatchObject({ voided: false })
  })

  it('voids an epoch whose ballots are no longer kept, whatever rows are given', async () => {
    const committee = await createCommittee([100n * oneToken], 1)
    const { subnet } = committee
    await vote(committee, 0, [[32_767]])
    const [{ row }] = await readReveals(subnet, 0)
    await subnet.advanceTo(scoreCommitStart(schedule, 4))
    await settle(subnet, 0, [row])
    expect(await readSettlement(subnet, 0)).toMatchObject({ voided: true })
  })
})
