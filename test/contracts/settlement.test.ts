import fc from 'fast-check'
import { keccak256, numberToHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { rewardVaultAbi, settlementAbi } from '../../shared/chain/abi.ts'
import { commitScores } from '../../shared/chain/commit-scores.ts'
import { payoutTree } from '../../shared/chain/payout-tree.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import { readRules } from '../../shared/chain/read-rules.ts'
import { readSettlement } from '../../shared/chain/read-settlement.ts'
import { readValidators } from '../../shared/chain/read-validators.ts'
import { revealScores } from '../../shared/chain/reveal-scores.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { settleEpoch } from '../../shared/chain/settle-epoch.ts'
import { decideConsensus, payoutsOf, splitEmission } from '../../shared/protocol/consensus.ts'
import { epochEnd, revealEnd, scoreCommitStart } from '../../shared/protocol/schedule.ts'
import { rowTotal } from '../../shared/protocol/score.ts'
import { createSubnet, oneToken, type TestSubnet, testConfig } from './subnet.ts'

const phases = {
  startDelayBlocks: 200,
  windowBlocks: 30,
  commitBlocks: 10,
  epochWindows: 1,
  revealBlocks: 8,
  beaconDelaySeconds: 0,
}
const schedule = { ...phases, startBlock: 200n }
const config = { ...testConfig, schedule: phases }

/** null: commits nothing. */
type Row = readonly number[] | null

async function createCommittee(stakes: readonly bigint[], miners: number) {
  const subnet = await createSubnet(config)
  for (let uid = 0; uid < miners; uid++) await subnet.register('miner', `miner ${uid}`, 10n * oneToken)
  const hotKeys = []
  for (const [uid, stake] of stakes.entries()) {
    hotKeys.push((await subnet.register('validator', `validator ${uid}`, stake)).hotKey)
  }
  return { subnet, hotKeys }
}

type Committee = Awaited<ReturnType<typeof createCommittee>>

async function vote({ subnet, hotKeys }: Committee, epoch: number, rows: readonly Row[]): Promise<void> {
  const ballots = rows.flatMap((weights, uid) =>
    weights ? [{ hotKey: hotKeys[uid], row: { epoch, weights, ...secrets(uid) } }] : [],
  )
  await subnet.advanceTo(scoreCommitStart(schedule, epoch))
  for (const { hotKey, row } of ballots) await commitScores(hotKey, row)
  await subnet.advanceTo(epochEnd(schedule, epoch))
  for (const { hotKey, row } of ballots) await revealScores(hotKey, row)
  await subnet.advanceTo(revealEnd(schedule, epoch))
}

function secrets(uid: number) {
  return { salt: keccak256(numberToHex(uid)), evidenceRoot: keccak256(numberToHex(1000 + uid)) }
}

async function settle(subnet: TestSubnet, epoch: number, rows: readonly `0x${string}`[]): Promise<void> {
  await sendTransaction(subnet, {
    address: subnet.deployment.contracts.settlement,
    abi: settlementAbi,
    functionName: 'settle',
    args: [BigInt(epoch), rows],
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
        for (const [epoch, rows] of epochs.entries()) {
          await vote(committee, epoch, rows)
          const settlement = await settleEpoch(subnet, epoch)
          const rules = await readRules(subnet, epoch)
          const validators = await readValidators(subnet, schedule.startBlock + BigInt(30 * epoch))
          const expected = decideConsensus(
            validators.map(({ stakeAtBlock }, uid) => ({ stake: stakeAtBlock, weights: rows[uid] })),
            rules,
          )
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
    await vote({ subnet, hotKeys: [...hotKeys, late.hotKey] }, 0, rows)
    const settlement = await settleEpoch(subnet, 0)
    expect(settlement.validatorUids).toEqual([0, 1])
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
    await expect(settle(subnet, 0, [row])).rejects.toMatchObject({ details: { error: 'RowsExcess' } })
    await settle(subnet, 0, [])
    expect(await readSettlement(subnet, 0)).toMatchObject({ voided: true })
  })

  it('settles 16 validators by 256 miners in one transaction', async () => {
    const wide = { ...phases, startDelayBlocks: 2_000, windowBlocks: 80, commitBlocks: 40, revealBlocks: 40 }
    const subnet = await createSubnet({ ...config, schedule: wide })
    const at = { ...wide, startBlock: 2_000n }
    for (let uid = 0; uid < 256; uid++) await subnet.register('miner', `miner ${uid}`, 10n * oneToken)
    const hotKeys = []
    for (let uid = 0; uid < 16; uid++) {
      hotKeys.push(
        (await subnet.register('validator', `validator ${uid}`, BigInt(100 + uid) * oneToken)).hotKey,
      )
    }
    const weights = Array.from({ length: 256 }, (_, uid) => 120 + (uid % 8))
    await subnet.advanceTo(scoreCommitStart(at, 0))
    for (const [uid, hotKey] of hotKeys.entries())
      await commitScores(hotKey, { epoch: 0, weights, ...secrets(uid) })
    await subnet.advanceTo(epochEnd(at, 0))
    for (const [uid, hotKey] of hotKeys.entries())
      await revealScores(hotKey, { epoch: 0, weights, ...secrets(uid) })
    await subnet.advanceTo(revealEnd(at, 0))
    const settlement = await settleEpoch(subnet, 0)
    expect(settlement.consensus).toEqual(weights)
    expect(settlement.payouts).toHaveLength(272)
  }, 120_000)
})
