import type { Address } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { paramsAbi, stakeRegistryAbi, subnetTokenAbi } from '../../shared/chain/abi.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { readActiveStakes } from '../../shared/chain/read-active-stakes.ts'
import { readEntity } from '../../shared/chain/read-entity.ts'
import { readIdentity } from '../../shared/chain/read-identity.ts'
import { readMiners } from '../../shared/chain/read-miners.ts'
import { readRegistrationPrice } from '../../shared/chain/read-registration-price.ts'
import { registerIdentity } from '../../shared/chain/register-identity.ts'
import { sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'
import { createSubnet, oneToken, type TestSubnet, testConfig } from './subnet.ts'

const [miner, validator] = [0, 1]
const bond = 100n * oneToken
/** Of an identity in `testConfig`, where a price is back at its floor a few blocks later. */
const price = testConfig.registration.floor
const addressOf = (chain: ChainContext) => signerOf(chain).account.address
const refusal = (error: string) => ({ details: { error } })

let subnet: TestSubnet
beforeEach(async () => {
  subnet = await createSubnet()
})

type Writer =
  | 'register'
  | 'stake'
  | 'requestUnstake'
  | 'decommission'
  | 'withdraw'
  | 'rotateHotKey'
  | 'slash'
  | 'sweepPrices'

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
    expect(await balanceOf(subnet.deployment.contracts.stakeRegistry)).toBe(3n * (bond + price))
  })

  it('refuses a bond below the minimum of the role', async () => {
    const tooSmall = testConfig.rules.minValidatorStake - 1n
    await expect(subnet.register('validator', 'a', tooSmall)).rejects.toMatchObject(refusal('StakeTooSmall'))
    await subnet.register('miner', 'b', tooSmall)
  })

  it('keeps owner and hot key apart, and a hot key with one identity for good', async () => {
    const { owner, hotKey } = await subnet.register('miner', 'a', bond)
    const other = subnet.as(await subnet.createAccount('other'))
    await sendTransaction(other, await fund(addressOf(other), bond + price))
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
    await expect(call(owner, 'slash', miner, 0, 1n)).rejects.toMatchObject(refusal('NotSlasher'))
    const { blockNumber } = await call(subnet.slasher, 'slash', miner, 0, 10n)
    expect(await stakeAt(miner, 0, blockNumber)).toBe(bond - 10n)
    await call(owner, 'requestUnstake', miner, 0)
    await call(subnet.slasher, 'slash', miner, 0, 20n)
    expect(await supply()).toBe(before - 30n)
    expect(await readEntity(subnet, 'miner', 0)).toMatchObject({ stake: bond - 30n })
    const excess = call(subnet.slasher, 'slash', miner, 0, bond)
    await expect(excess).rejects.toMatchObject(refusal('SlashExceedsStake'))
    await expect(call(subnet.slasher, 'slash', miner, 9, 1n)).rejects.toMatchObject(
      refusal('UnknownIdentity'),
    )
  })

  it('removes who is slashed below the minimum at once: no window more, no share more', async () => {
    const { owner } = await subnet.register('validator', 'a', bond)
    const { blockNumber } = await call(subnet.slasher, 'slash', validator, 0, 1n)
    const exitAt = blockNumber + BigInt(testConfig.unbondingBlocks)
    expect(await readEntity(subnet, 'validator', 0)).toMatchObject({ standing: 'exiting', exitAt })
    expect(await stakeAt(validator, 0, blockNumber)).toBe(0n)
    await call(subnet.slasher, 'slash', validator, 0, 2n)
    await subnet.advanceTo(exitAt)
    await call(owner, 'withdraw', validator, 0)
    expect(await balanceOf(addressOf(owner))).toBe(bond - 3n)
  })

  it('lets anyone remove who fell below a raised minimum, and nobody else', async () => {
    const short = { startDelayBlocks: 40, windowBlocks: 4, commitBlocks: 2, epochWindows: 1, revealBlocks: 2 }
    subnet = await createSubnet({ ...testConfig, schedule: { ...testConfig.schedule, ...short } })
    await subnet.register('miner', 'a', 10n * oneToken)
    await subnet.register('miner', 'b', bond)
    const stranger = subnet.as(await subnet.createAccount('stranger'))
    const early = call(stranger, 'decommission', miner, 0)
    await expect(early).rejects.toMatchObject(refusal('StakeSuffices'))
    const { params } = subnet.deployment.contracts
    const rules = { ...testConfig.rules, minMinerStake: bond, fromEpoch: 0n }
    const request = { address: params, abi: paramsAbi, functionName: 'setRules' } as const
    await sendTransaction(subnet.administrator, { ...request, args: [rules] })
    await subnet.advanceTo(BigInt(subnet.deployment.startBlock) + 4n)
    await call(stranger, 'decommission', miner, 0)
    expect(await readEntity(subnet, 'miner', 0)).toMatchObject({ standing: 'exiting', stake: 10n * oneToken })
    for (const [uid, error] of [
      [0, 'NotActive'],
      [1, 'StakeSuffices'],
      [2, 'UnknownIdentity'],
    ] as const) {
      await expect(call(stranger, 'decommission', miner, uid)).rejects.toMatchObject(refusal(error))
    }
  })

  it('sends slashed tokens to the treasury where there is one', async () => {
    const treasury = '0x00000000000000000000000000000000000000A1'
    subnet = await createSubnet({ ...testConfig, treasury })
    await subnet.register('miner', 'a', bond)
    await call(subnet.slasher, 'slash', miner, 0, 10n)
    expect(await balanceOf(treasury)).toBe(10n)
  })
})

describe('the price of an identity', () => {
  const registration = { floor: 800n, halvingBlocks: 1_000 }
  const readPrice = (role: 'miner' | 'validator' = 'miner') => readRegistrationPrice(subnet, role)
  beforeEach(async () => {
    subnet = await createSubnet({ ...testConfig, registration })
  })

  it('rises by an eighth a registration, for its role alone, and falls back to its floor', async () => {
    expect(await readPrice()).toBe(800n)
    await subnet.register('miner', 'a', bond)
    expect(await readPrice()).toBe(900n)
    await subnet.register('miner', 'b', bond)
    expect(await readPrice()).toBeGreaterThan(1000n)
    expect(await readPrice('validator')).toBe(800n)
    await subnet.advanceTo((await subnet.block()) + 2_000n)
    expect(await readPrice()).toBe(800n)
  })

  it('makes many identities at once dear: thirty cost more than 150 floors', async () => {
    let paid = 0n
    for (let i = 0; i < 30; i++) {
      const before = await balanceOf(subnet.deployment.contracts.stakeRegistry)
      await subnet.register('miner', `sybil ${i}`, bond)
      paid += (await balanceOf(subnet.deployment.contracts.stakeRegistry)) - before - bond
    }
    expect(paid).toBeGreaterThan(150n * registration.floor)
  })

  it('is never above what the caller agreed to', async () => {
    const owner = subnet.as(await subnet.createAccount('owner'))
    await sendTransaction(owner, await fund(addressOf(owner), 2n * bond))
    const hotKey = addressOf(subnet.as(await subnet.createAccount('hot key')))
    await subnet.register('miner', 'first', bond)
    const attempt = call(owner, 'register', miner, hotKey, bond, 800n)
    await expect(attempt).rejects.toMatchObject({ details: { error: 'PriceAboveMaximum' } })
    await call(owner, 'register', miner, hotKey, bond, 900n)
    expect(await balanceOf(addressOf(owner))).toBeGreaterThanOrEqual(bond - 900n)
  })

  it('is burned by whoever asks, never paid back, and never out of a bond', async () => {
    const { owner } = await subnet.register('miner', 'a', bond)
    const before = await supply()
    await call(owner, 'sweepPrices')
    await call(owner, 'sweepPrices')
    expect(await supply()).toBe(before - 800n)
    expect(await balanceOf(subnet.deployment.contracts.stakeRegistry)).toBe(bond)
    const { blockNumber } = await call(owner, 'requestUnstake', miner, 0)
    await subnet.advanceTo(blockNumber + BigInt(testConfig.unbondingBlocks))
    await call(owner, 'withdraw', miner, 0)
    expect(await balanceOf(addressOf(owner))).toBe(bond)
  })

  it('cannot be deployed as nothing', async () => {
    for (const wrong of [{ floor: 0n }, { halvingBlocks: 0 }]) {
      const config = { ...testConfig, registration: { ...registration, ...wrong } }
      await expect(createSubnet(config)).rejects.toMatchObject(refusal('RegistrationTermsImpossible'))
    }
  })
})

describe('stake that counts in an epoch', () => {
  const startDelayBlocks = 60
  const epochBlocks = 80n
  const activeStakes = (epoch: bigint) => readActiveStakes(subnet, Number(epoch))
  const start = (epoch: bigint) => BigInt(subnet.deployment.startBlock) + epoch * epochBlocks
  beforeEach(async () => {
    subnet = await createSubnet({ ...testConfig, schedule: { ...testConfig.schedule, startDelayBlocks } })
  })

  it('was there for a whole epoch: neither a late registration nor a late raise counts', async () => {
    const { owner } = await subnet.register('validator', 'founder', bond)
    await subnet.advanceTo(start(1n) - 10n)
    await sendTransaction(owner, await fund(addressOf(owner), bond))
    await call(owner, 'stake', validator, 0, bond)
    await subnet.register('validator', 'flash', bond)
    await subnet.advanceTo(start(2n))
    const stakes = await Promise.all([0n, 1n, 2n].map(activeStakes))
    expect(stakes).toEqual([
      [bond, 0n],
      [bond, 0n],
      [2n * bond, bond],
    ])
  })

  it('is nothing from the epoch after it left, or was slashed away', async () => {
    const { owner } = await subnet.register('validator', 'a', bond)
    await subnet.register('validator', 'b', 2n * bond)
    await subnet.advanceTo(start(1n))
    await call(owner, 'requestUnstake', validator, 0)
    await call(subnet.slasher, 'slash', validator, 1, bond)
    await subnet.advanceTo(start(2n))
    expect(await activeStakes(1n)).toEqual([bond, 2n * bond])
    expect(await activeStakes(2n)).toEqual([0n, bond])
  })
})
