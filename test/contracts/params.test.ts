import { beforeEach, describe, expect, it } from 'vitest'
import { paramsAbi } from '../../shared/chain/abi.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { readRules } from '../../shared/chain/read-rules.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { createSubnet, type TestSubnet, testConfig } from './subnet.ts'

const startBlock = 100n
const epochBlocks = BigInt(testConfig.schedule.epochWindows * testConfig.schedule.windowBlocks)
const refusal = (error: string) => ({ details: { error } })

let subnet: TestSubnet
beforeEach(async () => {
  const schedule = { ...testConfig.schedule, startDelayBlocks: Number(startBlock) }
  subnet = await createSubnet({ ...testConfig, schedule })
})

type Change = Partial<typeof testConfig.rules & { fromEpoch: bigint }>

async function setRules(chain: ChainContext, change: Change) {
  const params = { address: chain.deployment.contracts.params, abi: paramsAbi } as const
  const latest = await chain.publicClient.readContract({ ...params, functionName: 'latestRules' })
  const { fromEpoch } = latest
  return sendTransaction(chain, {
    ...params,
    functionName: 'setRules',
    args: [{ ...testConfig.rules, fromEpoch, ...change }],
  })
}

const groupSizes = (epochs: readonly number[]) =>
  Promise.all(epochs.map(async (epoch) => (await readRules(subnet, epoch)).groupSize))

describe('Params', () => {
  it('starts with the rules of the deployment', async () => {
    const { scoreBasePpm, scoreCorrectnessPpm, ...rest } = testConfig.rules
    expect(await readRules(subnet, 0)).toMatchObject({
      groupSize: rest.groupSize,
      minMinerStake: rest.minMinerStake,
      emissionPerEpoch: rest.emissionPerEpoch,
      coefficients: { base: scoreBasePpm, correctness: scoreCorrectnessPpm, signal: 0 },
      fromEpoch: 0,
    })
  })

  it('applies a change from the next epoch on, and keeps the past for replay', async () => {
    await subnet.advanceTo(startBlock + 2n * epochBlocks)
    await setRules(subnet.administrator, { groupSize: 8 })
    expect(await groupSizes([0, 2, 3, 9])).toEqual([4, 4, 8, 8])
    await setRules(subnet.administrator, { groupSize: 16 })
    expect(await groupSizes([2, 3])).toEqual([4, 16])
    await subnet.advanceTo(startBlock + 5n * epochBlocks)
    await setRules(subnet.administrator, { groupSize: 32 })
    expect(await groupSizes([0, 2, 3, 5, 6])).toEqual([4, 4, 16, 16, 32])
    expect((await readRules(subnet, 9)).fromEpoch).toBe(6)
  })

  it('keeps the first epoch as deployed when changed before it starts', async () => {
    await setRules(subnet.administrator, { groupSize: 8 })
    expect(await groupSizes([0, 1])).toEqual([4, 8])
  })

  it('does not let a change that was drawn up earlier undo one that took effect meanwhile', async () => {
    await subnet.advanceTo(startBlock)
    await setRules(subnet.administrator, { groupSize: 8 })
    const stale = setRules(subnet.administrator, { maxGroups: 50, fromEpoch: 0n })
    await expect(stale).rejects.toMatchObject({ details: { error: 'RulesReplaced', args: [0n, 1n] } })
    expect(await groupSizes([1])).toEqual([8])
  })

  it('is set by the timelock only', async () => {
    const stranger = subnet.as(await subnet.createAccount('stranger'))
    await expect(setRules(stranger, {})).rejects.toMatchObject(refusal('NotTimelock'))
  })

  it.each([
    ['groupSize', 1],
    ['groupSize', 65],
    ['maxGroups', 0],
    ['maxGroups', 4_097],
    ['auditFloor', 0],
    ['auditRatePpm', 999],
    ['auditRatePpm', 1_000_001],
    ['sketchPositions', 3],
    ['kappa', 16_383],
    ['kappa', 49_152],
    ['bondsMovingAveragePpm', 990_001],
    ['nonRevealSlashPpm', 999],
    ['nonRevealSlashPpm', 100_001],
    ['faultSlashPpm', 99_999],
    ['faultSlashPpm', 1_000_001],
    ['minerSharePpm', 99_999],
    ['minerSharePpm', 900_001],
    ['treasurySharePpm', 180_001],
    ['quorumPpm', 500_000],
    ['quorumPpm', 900_001],
    ['scoreSignalPpm', 10_000_001],
    ['minMinerStake', 0n],
    ['minMinerStake', testConfig.token.cap / 100n + 1n],
    ['minValidatorStake', 0n],
    ['minValidatorStake', testConfig.token.cap / 100n + 1n],
    ['emissionPerEpoch', 0n],
  ] as const)('refuses %s = %s whoever asks', async (rule, value) => {
    const error = await setRules(subnet.administrator, { [rule]: value }).catch((caught) => caught)
    expect(error).toMatchObject(refusal('RuleOutOfBounds'))
    expect(error.details.args.slice(0, 2)).toEqual([rule, BigInt(value)])
  })

  it('refuses scores that are always zero', async () => {
    const nothing = setRules(subnet.administrator, { scoreBasePpm: 0, scoreCorrectnessPpm: 0 })
    await expect(nothing).rejects.toMatchObject(refusal('RuleOutOfBounds'))
  })
})
