import type { Address } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { stakeRegistryAbi, subnetTokenAbi } from '../../shared/chain/abi.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { readEntity } from '../../shared/chain/read-entity.ts'
import { readIdentity } from '../../shared/chain/read-identity.ts'
import { readMiners } from '../../shared/chain/read-miners.ts'
import { registerIdentity } from '../../shared/chain/register-identity.ts'
import { sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'
import { createSubnet, oneToken, type TestSubnet, testConfig } from './subnet.ts'

const [miner, validator] = [0, 1]
const bond = 100n * oneToken
const addressOf = (chain: ChainContext) => signerOf(chain).account.address
const refusal = (error: string) => ({ details: { error } })

let subnet: TestSubnet
beforeEach(async () => {
  subnet = await createSubnet()
})

type Writer = 'stake' | 'requestUnstake' | 'withdraw' | 'rotateHotKey' | 'slash'

function call(chain: ChainContext, functionName: Writer, ...args: readonly unknown[]) {
  const { stakeRegistry } = chain.deployment.contracts
  return sendTransaction(chain, {
    address: stakeRegistry,
    abi: stakeRegistryAbi,
    functionName,
    args: args as never,
  })
}

function stakeAt(role: number, uid: number, block: bigint) {
  const address = subnet.deployment.contracts.stakeRegistry
  const request = { address, abi: stakeRegistryAbi, functionName: 'stakeAt' } as const
  return subnet.publicClient.readContract({ ...request, args: [role, uid, block] })
}

function balanceOf(account: Address) {
  const request = { address: subnet.deployment.contracts.token, abi: subnetTokenAbi } as const
  return subnet.publicClient.readContract({ ...request, functionName: 'balanceOf', args: [account] })
}

function supply() {
  const request = { address: subnet.deployment.contracts.token, abi: subnetTokenAbi } as const
  return subnet.publicClient.readContract({ ...request, functionName: 'totalSupply' })
}

async function fund(account: Address, amount: bigint) {
  const { token, stakeRegistry } = subnet.deployment.contracts
  const request = { address: token, abi: subnetTokenAbi } as const
  await sendTransaction(subnet, { ...request, functionName: 'transfer', args: [account, amount] })
  return { ...request, functionName: 'approve', args: [stakeRegistry, amount] } as const
}

describe('StakeRegistry', () => {
  it('gives each role its own uids from 0', async () => {
    const first = await subnet.register('miner', 'a', bond)
    const second = await subnet.register('miner', 'b', bond)
    const third = await subnet.register('validator', 'c', bond)
    expect([first, second, third].map(({ identity }) => identity.uid)).toEqual([0, 1, 0])
    expect(await readMiners(subnet)).toEqual([first.identity, second.identity])
    expect(second.identity).toMatchObject({ stake: bond, standing: 'active', exitAt: null })
    expect(await balanceOf(subnet.deployment.contracts.stakeRegistry)).toBe(3n * bond)
  })

  it('refuses a bond below the minimum of the role', async () => {
    const tooSmall = testConfig.rules.minValidatorStake - 1n
    await expect(subnet.register('validator', 'a', tooSmall)).rejects.toMatchObject(refusal('StakeTooSmall'))
    await subnet.register('miner', 'b', tooSmall)
  })

  it('keeps owner and hot key apart, and a hot key with one identity for good', async () => {
    const { owner, hotKey } = await subnet.register('miner', 'a', bond)
    const other = subnet.as(await subnet.createAccount('other'))
    await sendTransaction(other, await fund(addressOf(other), bond))
    const register = (role: 'miner' | 'validator', key: Address) =>
      registerIdentity(other, { role, hotKey: key, stake: bond })
    await expect(register('miner', addressOf(other))).rejects.toMatchObject(refusal('HotKeyIsOwner'))
    await expect(register('validator', addressOf(hotKey))).rejects.toMatchObject(refusal('HotKeyTaken'))
    await expect(register('miner', addressOf(hotKey))).rejects.toMatchObject({ code: 'HOT_KEY_OF_ANOTHER' })
    await call(owner, 'rotateHotKey', miner, 0, addressOf(subnet.as(await subnet.createAccount('fresh'))))
    await expect(register('miner', addressOf(hotKey))).rejects.toMatchObject(refusal('HotKeyTaken'))
  })

  it('registers once when asked twice', async () => {
    const { owner, hotKey, identity } = await subnet.register('miner', 'a', bond)
    const again = await registerIdentity(owner, { role: 'miner', hotKey: addressOf(hotKey), stake: bond })
    expect(again).toEqual(identity)
  })

  it('moves an identity to a new hot key, and retires the old one', async () => {
    const { owner, hotKey } = await subnet.register('miner', 'a', bond)
    const fresh = addressOf(subnet.as(await subnet.createAccount('fresh')))
    await call(owner, 'rotateHotKey', miner, 0, fresh)
    expect(await readIdentity(subnet, 'miner', fresh)).toMatchObject({ uid: 0, stake: bond })
    const old = readIdentity(subnet, 'miner', addressOf(hotKey))
    await expect(old).rejects.toMatchObject(refusal('HotKeyUnknown'))
  })

  it('lets only the owner move the stake', async () => {
    const { hotKey } = await subnet.register('miner', 'a', bond)
    for (const attempt of [
      call(hotKey, 'requestUnstake', miner, 0),
      call(hotKey, 'withdraw', miner, 0),
      call(hotKey, 'stake', miner, 0, 1n),
      call(hotKey, 'rotateHotKey', miner, 0, addressOf(subnet)),
    ]) {
      await expect(attempt).rejects.toMatchObject(refusal('NotOwner'))
    }
  })

  it('remembers the stake of every block', async () => {
    const { owner, identity } = await subnet.register('validator', 'a', bond)
    const joined = identity.registeredAt
    expect(await stakeAt(validator, 0, joined - 1n)).toBe(0n)
    expect(await stakeAt(validator, 0, joined)).toBe(bond)
    await sendTransaction(owner, await fund(addressOf(owner), 5n))
    const raised = (await call(owner, 'stake', validator, 0, 5n)).blockNumber
    const left = (await call(owner, 'requestUnstake', validator, 0)).blockNumber
    const history = [joined - 1n, joined, raised - 1n, raised, left - 1n, left, left + 10n]
    const stakes = await Promise.all(history.map((block) => stakeAt(validator, 0, block)))
    expect(stakes).toEqual([0n, bond, bond, bond + 5n, bond + 5n, 0n, 0n])
  })

  it('pays the stake back to the owner after unbonding, and never reuses the uid', async () => {
    const { owner, hotKey } = await subnet.register('miner', 'a', bond)
    await expect(call(owner, 'withdraw', miner, 0)).rejects.toMatchObject(refusal('NotExiting'))
    const { blockNumber } = await call(owner, 'requestUnstake', miner, 0)
    const exitAt = blockNumber + BigInt(testConfig.unbondingBlocks)
    expect(await readEntity(subnet, 'miner', 0)).toMatchObject({ standing: 'exiting', exitAt })
    await expect(call(owner, 'requestUnstake', miner, 0)).rejects.toMatchObject(refusal('NotActive'))
    await subnet.advanceTo(exitAt - 1n)
    await expect(call(owner, 'withdraw', miner, 0)).rejects.toMatchObject(refusal('StillBonded'))
    await subnet.advanceTo(exitAt)
    await call(owner, 'withdraw', miner, 0)
    expect(await balanceOf(addressOf(owner))).toBe(bond)
    await expect(call(owner, 'withdraw', miner, 0)).rejects.toMatchObject(refusal('NotExiting'))
    const known = readIdentity(subnet, 'miner', addressOf(hotKey))
    await expect(known).rejects.toMatchObject(refusal('HotKeyUnknown'))
    expect((await subnet.register('miner', 'b', bond)).identity.uid).toBe(1)
  })

  it('slashes bonded and unbonding stake, burning it, and never more than there is', async () => {
    const { owner } = await subnet.register('miner', 'a', bond)
    const before = await supply()
    await expect(call(owner, 'slash', miner, 0, 1n)).rejects.toMatchObject(
      refusal('AccessManagedUnauthorized'),
    )
    const { blockNumber } = await call(subnet.administrator, 'slash', miner, 0, 10n)
    expect(await stakeAt(miner, 0, blockNumber)).toBe(bond - 10n)
    await call(owner, 'requestUnstake', miner, 0)
    await call(subnet.administrator, 'slash', miner, 0, 20n)
    expect(await supply()).toBe(before - 30n)
    expect(await readEntity(subnet, 'miner', 0)).toMatchObject({ stake: bond - 30n })
    const excess = call(subnet.administrator, 'slash', miner, 0, bond)
    await expect(excess).rejects.toMatchObject(refusal('SlashExceedsStake'))
    await expect(call(subnet.administrator, 'slash', miner, 9, 1n)).rejects.toMatchObject(
      refusal('UnknownIdentity'),
    )
  })

  it('sends slashed tokens to the treasury where there is one', async () => {
    const treasury = '0x00000000000000000000000000000000000000A1'
    subnet = await createSubnet({ ...testConfig, treasury })
    await subnet.register('miner', 'a', bond)
    await call(subnet.administrator, 'slash', miner, 0, 10n)
    expect(await balanceOf(treasury)).toBe(10n)
  })
})
