import { fileURLToPath } from 'node:url'
import { type Hex, keccak256, numberToHex, toHex, zeroHash } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { type BeaconServer, startBeaconServer } from '../../cli/devnet/beacon-server.ts'
import type { SubnetConfig } from '../../deploy/config.ts'
import { hashManifest, type Manifest, parseManifest } from '../../model/checkpoint/manifest.ts'
import { deriveBeaconKey } from '../../shared/beacon/sign-round.ts'
import { stakeRegistryAbi, subnetTokenAbi } from '../../shared/chain/abi.ts'
import { type ChainContext, createClients } from '../../shared/chain/connect.ts'
import { publishPolicy } from '../../shared/chain/publish-policy.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { type Role, roleIndex } from '../../shared/chain/role.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { type Clock, systemClock } from '../../shared/clock.ts'
import type { Network } from '../../shared/network.ts'
import { createSubnet, oneToken, type TestSubnet, testConfig } from '../../test/contracts/subnet.ts'
import { createMeter, type Meter } from './meter.ts'

export interface CrowdSize {
  readonly miners: number
  readonly validators: number
  /** Windows of an epoch. */
  readonly windows: number
}

/** A subnet on a chain in this process, with everybody registered and a policy published, before its first window. */
export interface Crowd {
  readonly subnet: TestSubnet
  readonly meter: Meter
  readonly schedule: Network['schedule']
  readonly manifest: Manifest
  readonly policy: Hex
  /** The subnet as one identity sees it, its hot key in hand. */
  networkOf(role: Role, uid: number): Network
  close(): Promise<void>
}

/** Rollouts per group, and groups per miner and window: enough that the audit's floor of 12 leaves something out. */
export const window = { groupSize: 8, maxGroups: 2 }

export const checkpoints = fileURLToPath(new URL('../../models', import.meta.url))
const beaconKey = deriveBeaconKey(new Uint8Array(32).fill(9))
/** Ahead of the chain: no round has to be waited for, and none of what is measured is a wait. */
const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + 60_000 }
const silent: Network['log'] = { debug() {}, info() {}, warn() {}, error() {} }

export async function createCrowd(
  size: CrowdSize,
  manifestText: string,
  signal: AbortSignal,
): Promise<Crowd> {
  const beacon = await startBeaconServer({
    secretKey: beaconKey,
    genesisTime: 1_700_000_000,
    period: 1,
    host: '127.0.0.1',
    port: 0,
    clock,
  })
  const subnet = await createSubnet(configOf(size, beacon))
  const meter = createMeter(subnet.rpc)
  const manifest = parseManifest(manifestText, 'models/default')
  const policy = hashManifest(manifest)
  await publishPolicy(subnet, {
    manifestHash: policy,
    parent: zeroHash,
    recordHash: zeroHash,
    environmentId: keccak256(toHex(manifest.environment.id)),
    environmentHash: manifest.environment.parametersHash,
    activationWindow: 0,
    uri: `https://models.example.org/bundles/${policy.slice(2)}`,
  })
  await registerAll(subnet, size, signal)
  const { startBlock } = subnet.deployment
  const schedule = { ...(await readSchedule(subnet)), startBlock: BigInt(startBlock) }
  return {
    subnet,
    meter,
    schedule,
    manifest,
    policy,
    networkOf: (role, uid) => ({
      chain: contextOf(subnet, meter, `${role} ${uid}`, keyOf(role, uid)),
      schedule,
      beacon: { chain: beacon.chain, relays: [beacon.url] },
      clock,
      log: silent,
      signal,
      pollMs: 1,
      upkeep: [],
    }),
    close: () => beacon.close(),
  }
}

/**
 * Every transaction is a block here, so phases are as long as what falls into them: a miner announces, then commits.
 * Reveals end before commitments do.
 */
function configOf({ miners, validators, windows }: CrowdSize, beacon: BeaconServer): SubnetConfig {
  const revealBlocks = validators + 20
  const commitBlocks = Math.max(2 * miners + 40, revealBlocks)
  const windowBlocks = commitBlocks + 2 * validators + 40
  const unbondingBlocks = 6 * windows * windowBlocks
  return {
    ...testConfig,
    name: 'scale',
    beacon: beacon.chain,
    schedule: {
      startDelayBlocks: miners + validators + 100,
      windowBlocks,
      commitBlocks,
      epochWindows: windows,
      revealBlocks,
      beaconDelaySeconds: 0,
    },
    rules: { ...testConfig.rules, ...window, auditRatePpm: 5_000, auditFloor: 12 },
    unbondingBlocks,
    governance: { ...testConfig.governance, timelockSeconds: unbondingBlocks + 1 },
  }
}

function contextOf(
  subnet: TestSubnet,
  meter: Meter,
  actor: string,
  account: PrivateKeyAccount,
): ChainContext {
  const clients = createClients({ transport: meter.transport(actor), chainId: 31_337, account })
  return { ...clients, deployment: subnet.deployment }
}

const keyOf = (role: Role, uid: number): PrivateKeyAccount =>
  privateKeyToAccount(keccak256(toHex(`${role} ${uid} of a crowd`)))

/** One owner holds every stake; each identity has a hot key of its own. */
async function registerAll(
  subnet: TestSubnet,
  { miners, validators }: CrowdSize,
  signal: AbortSignal,
): Promise<void> {
  const { token, stakeRegistry } = subnet.deployment.contracts
  const approve = { address: token, abi: subnetTokenAbi, functionName: 'approve' } as const
  await sendTransaction(subnet, { ...approve, args: [stakeRegistry, 2n ** 256n - 1n] })
  for (const [role, count] of [['miner', miners] as const, ['validator', validators] as const]) {
    for (let uid = 0; uid < count; uid++) {
      signal.throwIfAborted()
      const { address } = keyOf(role, uid)
      await subnet.rpc('hardhat_setBalance', [address, numberToHex(10n ** 20n)])
      const stake = role === 'miner' ? 10n * oneToken : (100n + BigInt(uid)) * oneToken
      await sendTransaction(subnet, {
        address: stakeRegistry,
        abi: stakeRegistryAbi,
        functionName: 'register',
        args: [roleIndex(role), address, stake, 10n ** 20n],
      })
    }
  }
}
