import {
  type Abi,
  type Address,
  decodeFunctionData,
  encodeFunctionData,
  type Hex,
  numberToHex,
  pad,
} from 'viem'
import { scoreBookAbi, settlementAbi, stakeRegistryAbi, subnetTokenAbi } from '../../shared/chain/abi.ts'
import { payoutTree } from '../../shared/chain/payout-tree.ts'
import { readActiveStakes } from '../../shared/chain/read-active-stakes.ts'
import { readRules } from '../../shared/chain/read-rules.ts'
import { readSettlement } from '../../shared/chain/read-settlement.ts'
import { readSettlementInput } from '../../shared/chain/read-settlement-input.ts'
import { type Role, roleIndex } from '../../shared/chain/role.ts'
import { encodeWeights, scoreCommitHash } from '../../shared/chain/score-row.ts'
import { settleEpoch } from '../../shared/chain/settle-epoch.ts'
import { settleInSteps } from '../../shared/chain/settle-in-steps.ts'
import { noBonds } from '../../shared/protocol/bonds.ts'
import { decideConsensus, payoutsOf } from '../../shared/protocol/consensus.ts'
import { epochEnd, revealEnd, scoreCommitStart } from '../../shared/protocol/schedule.ts'
import { createSubnet, deployer, oneToken, type TestSubnet, testConfig } from '../contracts/subnet.ts'
import { rowsOf, type World } from './cases.ts'

const phases = { windowBlocks: 240, commitBlocks: 140, epochWindows: 1, revealBlocks: 90 }
const secret = pad('0x5a', { size: 32 })

export interface Compared {
  paid: number
  voided: number
  inSteps: number
  /** Every transaction that settled something, in order. */
  readonly transactions: { readonly epoch: number; readonly step: string; readonly gas: number }[]
}

/**
 * Settles epochs of a subnet on chain, every third in steps, and decides them with the integer reference.
 * @throws naming world and epoch where the two differ in a digit
 */
export async function compareEpochs(world: World, epochs: number): Promise<Compared> {
  const subnet = await createWorld(world)
  const schedule = { ...phases, startBlock: BigInt(subnet.deployment.startBlock) }
  const compared: Compared = { paid: 0, voided: 0, inSteps: 0, transactions: [] }
  let bonds = noBonds
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rows = rowsOf(world, epoch)
    const { scoreBook } = subnet.deployment.contracts
    await subnet.advanceTo(scoreCommitStart(schedule, epoch))
    for (const [uid, weights] of rows.entries()) {
      if (!weights) continue
      const hash = scoreCommitHash(subnet.deployment, uid, {
        ...{ epoch, weights, salt: secret, evidenceRoot: secret },
      })
      await send(subnet, hotKeyOf('validator', uid), scoreBook, scoreBookAbi, 'commit', [BigInt(epoch), hash])
    }
    await subnet.advanceTo(epochEnd(schedule, epoch))
    for (const [uid, weights] of rows.entries()) {
      if (!weights) continue
      const args = [uid, BigInt(epoch), encodeWeights(weights), secret, secret]
      await send(subnet, deployer.address, scoreBook, scoreBookAbi, 'revealFor', args)
    }
    await subnet.advanceTo(revealEnd(schedule, epoch))
    const before = await subnet.block()
    if (epoch % 3 === 2) {
      await settleInSteps(subnet, epoch, await readSettlementInput(subnet, epoch))
      compared.inSteps += 1
    } else {
      await settleEpoch(subnet, epoch)
    }
    for (let block = before + 1n; block <= (await subnet.block()); block++) {
      compared.transactions.push({ epoch, ...(await readStep(subnet, block)) })
    }
    const settlement = await readSettlement(subnet, epoch)
    const stakes = await readActiveStakes(subnet, epoch)
    const expected = decideConsensus(
      stakes.map((stake, uid) => ({ stake, weights: rows[uid] })),
      await readRules(subnet, epoch),
      bonds,
    )
    bonds = expected?.bonds ?? bonds
    compared[expected ? 'paid' : 'voided'] += 1
    requireEqual(`world ${world.seed}, epoch ${epoch}`, settlement, expected, epoch)
  }
  return compared
}

/** Of a block with one transaction. */
async function readStep({ publicClient }: TestSubnet, blockNumber: bigint) {
  const block = await publicClient.getBlock({ blockNumber, includeTransactions: true })
  const [{ input }] = block.transactions
  const { functionName } = decodeFunctionData({ abi: settlementAbi, data: input })
  return { step: functionName, gas: Number(block.gasUsed) }
}

function requireEqual(
  where: string,
  settlement: Awaited<ReturnType<typeof readSettlement>>,
  expected: ReturnType<typeof decideConsensus>,
  epoch: number,
): void {
  if (!settlement) throw new Error(`${where}: not settled`)
  if (settlement.voided !== (expected === null)) throw new Error(`${where}: void on one side only`)
  if (!expected) return
  const { minerPool, validatorPool, root } = settlement
  const payouts = payoutsOf(expected, { minerPool, validatorPool })
  for (const [field, value] of Object.entries({ ...expected, root: payoutTree(epoch, payouts).root })) {
    const actual = settlement[field as keyof typeof settlement]
    if (JSON.stringify(actual) !== JSON.stringify(value)) throw new Error(`${where}: ${field} differs`)
  }
  if (root === null) throw new Error(`${where}: no root`)
}

async function createWorld(world: World): Promise<TestSubnet> {
  const { kappa, quorumPpm, bondsPenalty, bondsMovingAveragePpm } = world
  const subnet = await createSubnet({
    ...testConfig,
    // A block for each registration, and some to deploy in.
    schedule: {
      startDelayBlocks: 200 + world.miners + world.stakes.length,
      ...phases,
      beaconDelaySeconds: 0,
    },
    rules: { ...testConfig.rules, kappa, quorumPpm, bondsPenalty, bondsMovingAveragePpm },
    unbondingBlocks: 2_000,
    governance: { ...testConfig.governance, timelockSeconds: 3_000 },
  })
  const { token, stakeRegistry } = subnet.deployment.contracts
  const all = 2n ** 256n - 1n
  await send(subnet, deployer.address, token, subnetTokenAbi, 'approve', [stakeRegistry, all])
  const bonds = {
    miner: Array.from({ length: world.miners }, () => 10n * oneToken),
    validator: world.stakes,
  }
  for (const role of ['miner', 'validator'] as const) {
    for (const [uid, bond] of bonds[role].entries()) {
      const hotKey = hotKeyOf(role, uid)
      const args = [roleIndex(role), hotKey, bond, all]
      await send(subnet, deployer.address, stakeRegistry, stakeRegistryAbi, 'register', args)
      if (role === 'miner') continue
      await subnet.rpc('hardhat_impersonateAccount', [hotKey])
      await subnet.rpc('hardhat_setBalance', [hotKey, numberToHex(10n ** 20n)])
    }
  }
  return subnet
}

function hotKeyOf(role: Role, uid: number): Address {
  return pad(numberToHex((role === 'miner' ? 0x3a_0000 : 0x5b_0000) + uid), { size: 20 })
}

/** Unsigned: the node plays every account. */
async function send(
  subnet: TestSubnet,
  from: Address,
  to: Address,
  abi: Abi,
  functionName: string,
  args: readonly unknown[],
): Promise<void> {
  const data: Hex = encodeFunctionData({ abi, functionName, args })
  await subnet.rpc('eth_sendTransaction', [{ from, to, data, gas: numberToHex(16_000_000) }])
}
