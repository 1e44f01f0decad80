import { type Hex, keccak256, slice } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { scoreBookAbi, stakeRegistryAbi } from '../../shared/chain/abi.ts'
import { commitScores } from '../../shared/chain/commit-scores.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import { readScoreCommit } from '../../shared/chain/read-score-commit.ts'
import { revealScores } from '../../shared/chain/reveal-scores.ts'
import { encodeWeights, type ScoreRow, scoreCommitHash } from '../../shared/chain/score-row.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { epochEnd, revealEnd, scoreCommitStart } from '../../shared/protocol/schedule.ts'
import { createSubnet, oneToken, type TestSubnet, testConfig } from './subnet.ts'

const { startDelayBlocks, ...phases } = { ...testConfig.schedule, startDelayBlocks: 100 }
const schedule = { ...phases, startBlock: BigInt(startDelayBlocks) }
const row: ScoreRow = {
  epoch: 0,
  weights: [20_000, 12_767],
  salt: keccak256('0x01'),
  evidenceRoot: keccak256('0x02'),
}
const refusal = (error: string) => ({ details: { error } })

let subnet: TestSubnet
let validator: ChainContext
let owner: ChainContext
beforeEach(async () => {
  subnet = await createSubnet({ ...testConfig, schedule: { ...phases, startDelayBlocks } })
  for (const name of ['a', 'b']) await subnet.register('miner', name, 10n * oneToken)
  const registered = await subnet.register('validator', 'v', 100n * oneToken)
  validator = registered.hotKey
  owner = registered.owner
})

function revealFor(chain: ChainContext, { epoch, weights, salt, evidenceRoot }: ScoreRow) {
  return sendTransaction(chain, {
    address: chain.deployment.contracts.scoreBook,
    abi: scoreBookAbi,
    functionName: 'revealFor',
    args: [0, BigInt(epoch), encodeWeights(weights), salt, evidenceRoot],
  })
}

function commitHash(chain: ChainContext, hash: Hex) {
  const { scoreBook } = chain.deployment.contracts
  return sendTransaction(chain, {
    address: scoreBook,
    abi: scoreBookAbi,
    functionName: 'commit',
    args: [0n, hash],
  })
}

describe('ScoreBook', () => {
  it('takes one commitment per validator and epoch, in the last phase of the epoch', async () => {
    await subnet.advanceTo(scoreCommitStart(schedule, 0) - 1n)
    await expect(commitScores(validator, row)).rejects.toMatchObject(refusal('CommitPhaseNotStarted'))
    await subnet.advanceTo(scoreCommitStart(schedule, 0))
    await commitScores(validator, row)
    const block = await subnet.block()
    await commitScores(validator, row)
    expect(await subnet.block()).toBe(block)
    const hash = slice(scoreCommitHash(subnet.deployment, 0, row), 0, 24)
    expect(await readScoreCommit(subnet, 0, 0)).toEqual({ hash, revealed: false })
    expect(await readScoreCommit(subnet, 1, 0)).toBeNull()
    const other = { ...row, salt: keccak256('0x03') }
    await expect(commitScores(validator, other)).rejects.toMatchObject({ code: 'SCORES_CONFLICT' })
    await expect(commitHash(validator, other.salt)).rejects.toMatchObject(refusal('AlreadyCommitted'))
    await subnet.advanceTo(epochEnd(schedule, 0))
    await expect(commitHash(validator, other.salt)).rejects.toMatchObject(refusal('CommitPhaseOver'))
  })

  it('takes commitments from active validators only', async () => {
    const { hotKey: miner } = await subnet.register('miner', 'c', 10n * oneToken)
    await subnet.advanceTo(scoreCommitStart(schedule, 0))
    await expect(commitHash(miner, row.salt)).rejects.toMatchObject(refusal('NotActiveValidator'))
    await expect(commitHash(owner, row.salt)).rejects.toMatchObject(refusal('NotActiveValidator'))
    await expect(commitHash(validator, `0x${'0'.repeat(64)}`)).rejects.toMatchObject(
      refusal('CommitHashZero'),
    )
  })

  it('opens a commitment once, after the epoch and before the reveal phase ends', async () => {
    await subnet.advanceTo(scoreCommitStart(schedule, 0))
    await commitScores(validator, row)
    await subnet.advanceTo(epochEnd(schedule, 0) - 1n)
    await expect(revealScores(validator, row)).rejects.toMatchObject(refusal('RevealPhaseNotStarted'))
    await subnet.advanceTo(epochEnd(schedule, 0))
    await revealScores(validator, row)
    const block = await subnet.block()
    await revealScores(validator, row)
    expect(await subnet.block()).toBe(block)
    const { epoch: _, ...revealed } = row
    const expected = { ...revealed, validatorUid: 0, row: encodeWeights(row.weights) }
    expect(await readReveals(subnet, 0)).toEqual([expected])
    await expect(revealFor(subnet, row)).rejects.toMatchObject(refusal('AlreadyRevealed'))
    await subnet.advanceTo(revealEnd(schedule, 0))
    await expect(revealFor(subnet, row)).rejects.toMatchObject(refusal('RevealPhaseOver'))
  })

  it('lets anyone reveal for a validator, even after its hot key was rotated', async () => {
    await subnet.advanceTo(scoreCommitStart(schedule, 0))
    await commitScores(validator, row)
    const fresh = await subnet.createAccount('fresh')
    await sendTransaction(owner, {
      address: subnet.deployment.contracts.stakeRegistry,
      abi: stakeRegistryAbi,
      functionName: 'rotateHotKey',
      args: [1, 0, fresh.address],
    })
    await subnet.advanceTo(epochEnd(schedule, 0))
    await revealFor(subnet, row)
    expect(await readReveals(subnet, 0)).toHaveLength(1)
  })

  it('refuses to open what was not committed: row, salt, evidence or epoch', async () => {
    await subnet.advanceTo(scoreCommitStart(schedule, 0))
    await commitScores(validator, row)
    await subnet.advanceTo(epochEnd(schedule, 0))
    for (const change of [
      { weights: [12_767, 20_000] },
      { weights: [20_000, 12_767, 0] },
      { salt: row.evidenceRoot },
      { evidenceRoot: row.salt },
    ]) {
      const error = change.weights?.length === 3 ? 'RowTooLong' : 'RevealMismatch'
      await expect(revealFor(subnet, { ...row, ...change })).rejects.toMatchObject(refusal(error))
    }
    await subnet.advanceTo(epochEnd(schedule, 1))
    const unasked = revealFor(subnet, { ...row, epoch: 1 })
    await expect(unasked).rejects.toMatchObject(refusal('NothingCommitted'))
  })

  it.each([
    ['a weight above 15 bits', [32_768, 0], 'WeightTooLarge'],
    ['a sum above 15 bits', [32_767, 1], 'RowSumTooLarge'],
    ['more weights than miners', [1, 2, 3], 'RowTooLong'],
  ])('refuses a row with %s', async (_, weights, error) => {
    await subnet.advanceTo(scoreCommitStart(schedule, 0))
    await commitScores(validator, { ...row, weights })
    await subnet.advanceTo(epochEnd(schedule, 0))
    await expect(revealScores(validator, { ...row, weights })).rejects.toMatchObject(refusal(error))
  })

  it('takes no weight of a miner that came after the commitment', async () => {
    await subnet.advanceTo(scoreCommitStart(schedule, 0))
    const weights = [1, 2, 3]
    await commitScores(validator, { ...row, weights })
    await subnet.register('miner', 'late', 10n * oneToken)
    await subnet.advanceTo(epochEnd(schedule, 0))
    await expect(revealScores(validator, { ...row, weights })).rejects.toMatchObject(refusal('RowTooLong'))
  })

  it('adds up weights that stand in the same lane of different words, however large', async () => {
    const miners = 70
    for (let uid = 2; uid < miners; uid++) await subnet.register('miner', `${uid}`, 10n * oneToken)
    const cases: [Readonly<Record<number, number>>, string | null][] = [
      [{ 0: 16_384, 16: 16_384 }, 'RowSumTooLarge'],
      [{ 0: 32_767, 16: 32_767, 32: 32_767, 48: 32_767, 64: 32_767 }, 'RowSumTooLarge'],
      [{ 3: 1, 69: 32_768 }, 'WeightTooLarge'],
      [{ 0: 1, 15: 16_000, 31: 16_000, 48: 1, 69: 765 }, null],
    ]
    // Registering takes the blocks of the first epochs.
    const first = 8
    for (const [index, [given, error]] of cases.entries()) {
      const epoch = first + index
      const weights = Array.from({ length: miners }, (_, uid) => given[uid] ?? 0)
      await subnet.advanceTo(scoreCommitStart(schedule, epoch))
      await commitScores(validator, { ...row, epoch, weights })
      await subnet.advanceTo(epochEnd(schedule, epoch))
      const reveal = revealScores(validator, { ...row, epoch, weights })
      if (error) await expect(reveal).rejects.toMatchObject(refusal(error))
      else await reveal
    }
    expect(await readReveals(subnet, first + cases.length - 1)).toHaveLength(1)
  })
})
