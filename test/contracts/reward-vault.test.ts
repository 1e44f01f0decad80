import fc from 'fast-check'
import { keccak256 } from 'viem'
import { toAccount } from 'viem/accounts'
import { beforeEach, describe, expect, it } from 'vitest'
import type { SubnetConfig } from '../../deploy/config.ts'
import { rewardVaultAbi, subnetTokenAbi } from '../../shared/chain/abi.ts'
import { claimRewards } from '../../shared/chain/claim-rewards.ts'
import { commitScores } from '../../shared/chain/commit-scores.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { payoutProof, payoutTree } from '../../shared/chain/payout-tree.ts'
import { revealScores } from '../../shared/chain/reveal-scores.ts'
import { sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'
import { settleEpoch } from '../../shared/chain/settle-epoch.ts'
import { epochEnd, revealEnd, scoreCommitStart } from '../../shared/protocol/schedule.ts'
import { createSubnet, oneToken, type TestSubnet, testConfig } from './subnet.ts'

const phases = { ...testConfig.schedule, startDelayBlocks: 100 }
const schedule = { ...phases, startBlock: 100n }
const refusal = (error: string) => ({ details: { error } })

let subnet: TestSubnet
let owners: ChainContext[]
let validator: ChainContext

async function setUp(config: Partial<SubnetConfig> = {}) {
  subnet = await createSubnet({ ...testConfig, ...config, schedule: phases })
  owners = []
  for (const name of ['a', 'b', 'c']) {
    owners.push((await subnet.register('miner', name, 10n * oneToken)).owner)
  }
  validator = (await subnet.register('validator', 'v', 100n * oneToken)).hotKey
}
beforeEach(() => setUp())

async function runEpoch(epoch: number, weights: readonly number[]) {
  const row = { epoch, weights, salt: keccak256('0x01'), evidenceRoot: keccak256('0x02') }
  await subnet.advanceTo(scoreCommitStart(schedule, epoch))
  await commitScores(validator, row)
  await subnet.advanceTo(epochEnd(schedule, epoch))
  await revealScores(validator, row)
  await subnet.advanceTo(revealEnd(schedule, epoch))
  return settleEpoch(subnet, epoch)
}

function token(functionName: 'balanceOf', account: `0x${string}`): Promise<bigint>
function token(functionName: 'totalSupply'): Promise<bigint>
function token(functionName: 'balanceOf' | 'totalSupply', ...args: readonly `0x${string}`[]) {
  const request = { address: subnet.deployment.contracts.token, abi: subnetTokenAbi, functionName } as const
  return subnet.publicClient.readContract({ ...request, args: args as never })
}

function vault(functionName: 'carried' | 'emitted' | 'budget') {
  const request = {
    address: subnet.deployment.contracts.rewardVault,
    abi: rewardVaultAbi,
    functionName,
  } as const
  return subnet.publicClient.readContract(request)
}

const balanceOfOwner = (uid: number) => token('balanceOf', signerOf(owners[uid]).account.address)

describe('RewardVault', () => {
  it('pays owners their shares over several epochs in one transaction, once', async () => {
    const first = await runEpoch(0, [20_000, 10_000])
    const second = await runEpoch(1, [0, 30_000])
    const paid = [first, second].map(
      ({ payouts }) => payouts.find(({ role, uid }) => role === 'miner' && uid === 1)?.amount ?? 0n,
    )
    expect(await claimRewards(subnet, 'miner', 1, [0, 1])).toEqual({
      epochs: [0, 1],
      amount: paid[0] + paid[1],
    })
    expect(await balanceOfOwner(1)).toBe(paid[0] + paid[1])
    expect(await claimRewards(subnet, 'miner', 1, [0, 1])).toBeNull()
    expect(await claimRewards(subnet, 'miner', 2, [0, 1])).toBeNull()
    expect(await claimRewards(subnet, 'validator', 0, [0])).toMatchObject({ amount: first.validatorPool })
  })

  it('holds exactly what is not claimed', async () => {
    const supply = await token('totalSupply')
    const { payouts } = await runEpoch(0, [10_923, 10_922, 10_922])
    const total = payouts.reduce((sum, { amount }) => sum + amount, 0n)
    const { rewardVault } = subnet.deployment.contracts
    expect(await token('balanceOf', rewardVault)).toBe(total)
    expect(await vault('emitted')).toBe(total)
    expect(await vault('carried')).toBe(testConfig.rules.emissionPerEpoch - total)
    expect(await token('totalSupply')).toBe(supply + total)
    for (const { role, uid } of payouts) await claimRewards(subnet, role, uid, [0])
    expect(await token('balanceOf', rewardVault)).toBe(0n)
  })

  it('refuses a claim twice, of another amount, of another identity, or of another epoch', async () => {
    const { payouts } = await runEpoch(0, [20_000, 10_000])
    const proof = payoutProof(payoutTree(0, payouts), 0)
    const claim = (epoch: bigint, role: number, uid: number, amount: bigint) =>
      sendTransaction(subnet, {
        address: subnet.deployment.contracts.rewardVault,
        abi: rewardVaultAbi,
        functionName: 'claim',
        args: [epoch, role, uid, amount, proof],
      })
    const { amount } = payouts[0]
    await expect(claim(0n, 0, 0, amount + 1n)).rejects.toMatchObject(refusal('ProofInvalid'))
    await expect(claim(0n, 0, 2, amount)).rejects.toMatchObject(refusal('ProofInvalid'))
    await expect(claim(0n, 1, 0, amount)).rejects.toMatchObject(refusal('ProofInvalid'))
    await expect(claim(1n, 0, 0, amount)).rejects.toMatchObject(refusal('NothingFunded'))
    await claim(0n, 0, 0, amount)
    await expect(claim(0n, 0, 0, amount)).rejects.toMatchObject(refusal('AlreadyClaimed'))
  })

  it('is funded by the settlement only', async () => {
    const fund = sendTransaction(subnet, {
      address: subnet.deployment.contracts.rewardVault,
      abi: rewardVaultAbi,
      functionName: 'fund',
      args: [0n, keccak256('0x01'), 1n],
    })
    await expect(fund).rejects.toMatchObject(refusal('NotSettler'))
  })

  it('halves its emission by the schedule, and never exceeds it whatever the rules say', async () => {
    const emissionPerEpoch = 10n ** 30n
    await setUp({
      emission: { perEpoch: 1_000n * oneToken, halvingEpochs: 1 },
      rules: { ...testConfig.rules, emissionPerEpoch },
    })
    const paid: bigint[] = []
    for (const epoch of [0, 1, 2]) {
      const { minerPool, validatorPool } = await runEpoch(epoch, [32_767])
      paid.push(minerPool + validatorPool)
    }
    expect(paid).toEqual([1_000n * oneToken, 500n * oneToken, 250n * oneToken])
  })

  it('emits less than scheduled where the rules say so, and does not make up for it', async () => {
    await setUp({ rules: { ...testConfig.rules, emissionPerEpoch: 10n * oneToken } })
    await runEpoch(0, [32_767])
    const { minerPool, validatorPool } = await runEpoch(1, [32_767])
    expect(minerPool + validatorPool).toBe(10n * oneToken)
  })

  it('gives the treasury its share of what is paid, and nothing of what rolls over', async () => {
    const treasury = `0x${'44'.repeat(20)}` as const
    await setUp({ treasury, rules: { ...testConfig.rules, treasurySharePpm: 180_000 } })
    expect(await runEpoch(0, [0])).toMatchObject({ voided: true })
    expect(await token('balanceOf', treasury)).toBe(0n)
    const { minerPool, validatorPool } = await runEpoch(1, [32_767])
    expect(minerPool + validatorPool).toBe(1_640n * oneToken)
    expect(await token('balanceOf', treasury)).toBe(360n * oneToken)
    expect(await vault('emitted')).toBe(2_000n * oneToken)
  })

  it('keeps paid <= emitted <= scheduled <= cap over random epochs and rules', async () => {
    const { settlement, rewardVault } = subnet.deployment.contracts
    await subnet.rpc('hardhat_impersonateAccount', [settlement])
    await subnet.rpc('hardhat_setBalance', [settlement, '0x56bc75e2d63100000'])
    const settler = subnet.as(toAccount(settlement))
    let scheduled = 0n
    let epoch = 0
    const shares = fc.record({ used: fc.nat(100), excess: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(shares, async ({ used, excess }) => {
        const available = await subnet.publicClient.readContract({
          address: rewardVault,
          abi: rewardVaultAbi,
          functionName: 'available',
          args: [BigInt(epoch)],
        })
        const total = excess ? available + 1n : (available * BigInt(used)) / 100n
        const funding = sendTransaction(settler, {
          address: rewardVault,
          abi: rewardVaultAbi,
          functionName: 'fund',
          args: [BigInt(epoch), keccak256('0x01'), total],
        })
        if (excess) await expect(funding).rejects.toMatchObject(refusal('ExceedsAvailable'))
        else {
          await funding
          epoch += 1
          scheduled += 1_000n * oneToken
        }
        const emitted = await vault('emitted')
        expect(emitted + (await vault('carried'))).toBeLessThanOrEqual(scheduled)
        expect(emitted).toBeLessThanOrEqual(await vault('budget'))
        expect(await token('balanceOf', rewardVault)).toBe(emitted)
      }),
      { seed: 4, numRuns: 60 },
    )
    expect(epoch).toBeGreaterThan(20)
  })

  it('never emits beyond the cap, however long the schedule goes on', async () => {
    const cap = testConfig.token.genesisSupply + 1_500n * oneToken
    await setUp({ token: { ...testConfig.token, cap } })
    await runEpoch(0, [32_767])
    const { minerPool, validatorPool } = await runEpoch(1, [32_767])
    expect(minerPool + validatorPool).toBe(500n * oneToken)
    expect(await token('totalSupply')).toBe(cap)
    expect(await runEpoch(2, [32_767])).toMatchObject({ voided: true })
    expect(await vault('emitted')).toBe(await vault('budget'))
  })
})
