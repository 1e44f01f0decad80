import { keccak256, zeroAddress, zeroHash } from 'viem'
import { toAccount } from 'viem/accounts'
import { beforeAll, describe, expect, it } from 'vitest'
import type { SubnetConfig } from '../../deploy/config.ts'
import { deploySubnet } from '../../deploy/deploy.ts'
import { rewardVaultAbi, scoreBookAbi, stakeRegistryAbi } from '../../shared/chain/abi.ts'
import { commitScores } from '../../shared/chain/commit-scores.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { epochEnd, scoreCommitStart } from '../../shared/protocol/schedule.ts'
import { createSubnet, oneToken, type TestSubnet, testConfig } from './subnet.ts'

const phases = { ...testConfig.schedule, startDelayBlocks: 200 }
const refusal = (error: string) => ({ details: { error } })

let subnet: TestSubnet
beforeAll(async () => {
  subnet = await createSubnet({ ...testConfig, schedule: phases })
})

describe('a deployment is refused by a contract', () => {
  it.each([
    ['whose epochs have no block', { schedule: { ...phases, epochWindows: 0 } }, 'EpochBlocksZero'],
    [
      'in which nobody could commit a root',
      { schedule: { ...phases, commitBlocks: 0 } },
      'ScheduleImpossible',
    ],
    ['in which nobody could reveal', { schedule: { ...phases, revealBlocks: 0 } }, 'ScheduleImpossible'],
    ['that would never pay', { emission: { perEpoch: 0n, halvingEpochs: 0 } }, 'EmissionZero'],
  ] as [string, Partial<SubnetConfig>, string][])('%s', async (_, change, error) => {
    await expect(deploySubnet(subnet, { ...testConfig, ...change })).rejects.toMatchObject(refusal(error))
  })
})

describe('a call is refused', () => {
  it('that stakes more than a bond holds, or for no hot key', async () => {
    const { stakeRegistry: address } = subnet.deployment.contracts
    const { owner } = await subnet.register('miner', 'a', 10n * oneToken)
    const call = { address, abi: stakeRegistryAbi } as const
    const most = 2n ** 96n - 1n
    const key = subnet.deployment.contracts.token
    const register = (hotKey: `0x${string}`, amount: bigint) =>
      sendTransaction(owner, { ...call, functionName: 'register', args: [0, hotKey, amount, 10n] })
    await expect(register(key, most + 1n)).rejects.toMatchObject({
      details: { error: 'StakeTooLarge', args: [most + 1n, most] },
    })
    await expect(register(zeroAddress, 10n * oneToken)).rejects.toMatchObject(refusal('HotKeyZero'))
    const more = sendTransaction(owner, { ...call, functionName: 'stake', args: [0, 0, most] })
    await expect(more).rejects.toMatchObject({
      details: { error: 'StakeTooLarge', args: [most, most - 10n * oneToken] },
    })
  })

  it('that funds an epoch again', async () => {
    const { settlement, rewardVault: address } = subnet.deployment.contracts
    await subnet.rpc('hardhat_impersonateAccount', [settlement])
    await subnet.rpc('hardhat_setBalance', [settlement, '0x56bc75e2d63100000'])
    const fund = () =>
      sendTransaction(subnet.as(toAccount(settlement)), {
        ...{ address, abi: rewardVaultAbi, functionName: 'fund' },
        args: [0n, keccak256('0x01'), 1n],
      })
    await fund()
    await expect(fund()).rejects.toMatchObject(refusal('AlreadyFunded'))
  })

  it('that reveals half a weight', async () => {
    const { startDelayBlocks: _, ...rest } = phases
    const schedule = { ...rest, startBlock: BigInt(subnet.deployment.startBlock) }
    const { hotKey } = await subnet.register('validator', 'v', 100n * oneToken)
    await subnet.advanceTo(scoreCommitStart(schedule, 0))
    await commitScores(hotKey, { epoch: 0, weights: [1], salt: zeroHash, evidenceRoot: zeroHash })
    await subnet.advanceTo(epochEnd(schedule, 0))
    const { scoreBook: address } = subnet.deployment.contracts
    const reveal = sendTransaction(hotKey, {
      ...{ address, abi: scoreBookAbi, functionName: 'reveal' },
      args: [0n, '0x7fff00', zeroHash, zeroHash],
    })
    await expect(reveal).rejects.toMatchObject({ details: { error: 'RowOddLength', args: [3n] } })
  })
})
