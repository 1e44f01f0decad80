import { type Abi, type Address, encodeFunctionData, type Hex, numberToHex, pad } from 'viem'
import { rolloutLogAbi, scoreBookAbi, stakeRegistryAbi, subnetTokenAbi } from '../../shared/chain/abi.ts'
import { type Role, roleIndex } from '../../shared/chain/role.ts'
import { encodeWeights, type ScoreRow, scoreCommitHash } from '../../shared/chain/score-row.ts'
import { epochEnd, revealEnd, type Schedule, scoreCommitStart } from '../../shared/protocol/schedule.ts'
import { rowTotal } from '../../shared/protocol/score.ts'
import { createSubnet, deployer, oneToken, type TestSubnet, testConfig } from '../contracts/subnet.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'

export const miners = 256
const phases = { windowBlocks: 200, commitBlocks: 100, epochWindows: 1, revealBlocks: 90 }
export const config = {
  ...testConfig,
  schedule: { startDelayBlocks: 800, ...phases, beaconDelaySeconds: 3 },
  rules: { ...testConfig.rules, bondsMovingAveragePpm: 0 },
  unbondingBlocks: 2_000,
  governance: { ...testConfig.governance, timelockSeconds: 2_001 },
}

/** A subnet with 256 miners, whose transactions are sent unsigned: the node plays every account. */
export interface Crowd {
  readonly subnet: TestSubnet
  readonly schedule: Schedule
  readonly validators: number
  /** Sends one transaction and says what it cost. @throws when it reverts */
  send(from: Address, to: Address, abi: Abi, functionName: string, args: readonly unknown[]): Promise<number>
  commitScores(epoch: number, validator: number): Promise<number>
  reveal(epoch: number, validator: number): Promise<number>
  commitRoot(window: number, miner: number): Promise<number>
}

export const hotKeyOf = (role: Role, uid: number): Address =>
  pad(numberToHex((role === 'miner' ? 0x3a_0000 : 0x5b_0000) + 7 * uid + 1), { size: 20 })

export async function createCrowd(validators: number): Promise<Crowd> {
  const subnet = await createSubnet(config)
  const { contracts } = subnet.deployment
  const { startDelayBlocks: _, ...rest } = config.schedule
  const crowd: Crowd = {
    subnet,
    validators,
    schedule: { ...rest, startBlock: BigInt(subnet.deployment.startBlock) },
    async send(from, to, abi, functionName, args) {
      const data = encodeFunctionData({ abi, functionName, args })
      const call = { from, to, data, gas: numberToHex(16_000_000) }
      const hash = await subnet.rpc('eth_sendTransaction', [call])
      const receipt = await subnet.rpc('eth_getTransactionReceipt', [hash])
      const { status, gasUsed } = receipt as { status: Hex; gasUsed: Hex }
      if (status !== '0x1') throw new Error(`${functionName} reverted`)
      return Number(gasUsed)
    },
    commitScores(epoch, uid) {
      const hash = scoreCommitHash(subnet.deployment, uid, rowOf(epoch, uid))
      const from = hotKeyOf('validator', uid)
      return crowd.send(from, contracts.scoreBook, scoreBookAbi, 'commit', [BigInt(epoch), hash])
    },
    reveal(epoch, uid) {
      const { weights, salt, evidenceRoot } = rowOf(epoch, uid)
      const args = [uid, BigInt(epoch), encodeWeights(weights), salt, evidenceRoot]
      return crowd.send(hotKeyOf('validator', uid), contracts.scoreBook, scoreBookAbi, 'revealFor', args)
    },
    commitRoot(window, uid) {
      const args = [BigInt(window), randomHex(window, uid), 100]
      return crowd.send(hotKeyOf('miner', uid), contracts.rolloutLog, rolloutLogAbi, 'commitRoot', args)
    },
  }
  const { send } = crowd
  await send(deployer.address, contracts.token, subnetTokenAbi, 'approve', [
    contracts.stakeRegistry,
    2n ** 256n - 1n,
  ])
  for (const [role, count] of [
    ['miner', miners],
    ['validator', validators],
  ] as const) {
    for (let uid = 0; uid < count; uid++) {
      const hotKey = hotKeyOf(role, uid)
      await subnet.rpc('hardhat_impersonateAccount', [hotKey])
      await subnet.rpc('hardhat_setBalance', [hotKey, numberToHex(10n ** 20n)])
      const stake = role === 'miner' ? 10n * oneToken : (100n + 13n * BigInt(uid)) * oneToken
      const args = [roleIndex(role), hotKey, stake, 10n ** 20n]
      await send(deployer.address, contracts.stakeRegistry, stakeRegistryAbi, 'register', args)
    }
  }
  return crowd
}

/** Commits and reveals everyone's row, and waits until the epoch can be settled. */
export async function voteAll(crowd: Crowd, epoch: number): Promise<{ commit: number; reveal: number }> {
  const { subnet, schedule, validators } = crowd
  const cost = { commit: 0, reveal: 0 }
  await subnet.advanceTo(scoreCommitStart(schedule, epoch))
  for (let uid = 0; uid < validators; uid++) cost.commit = await crowd.commitScores(epoch, uid)
  await subnet.advanceTo(epochEnd(schedule, epoch))
  for (let uid = 0; uid < validators; uid++) cost.reveal = await crowd.reveal(epoch, uid)
  await subnet.advanceTo(revealEnd(schedule, epoch))
  return cost
}

/** Validators mostly agree: one quality per miner, and a little noise. */
function rowOf(epoch: number, validator: number): ScoreRow {
  const quality = createSeededRandom(epoch)
  const noise = createSeededRandom(1_000 + 100 * epoch + validator)
  const raw = Array.from({ length: miners }, () => quality() ** 2 * (0.97 + 0.06 * noise()))
  const sum = raw.reduce((a, b) => a + b, 0)
  return {
    epoch,
    weights: raw.map((value) => Math.floor((value * rowTotal) / sum)),
    salt: randomHex(epoch, 10_000 + validator),
    evidenceRoot: randomHex(epoch, 20_000 + validator),
  }
}

/** 32 bytes without a zero, which would make calldata cheaper by chance. */
export function randomHex(a: number, b: number): Hex {
  const random = createSeededRandom(a * 100_003 + b)
  return `0x${Array.from({ length: 32 }, () => (1 + Math.floor(random() * 255)).toString(16).padStart(2, '0')).join('')}`
}
