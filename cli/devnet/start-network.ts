import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { bytesToHex, erc20Abi, hexToBytes, keccak256, numberToHex, parseEther, toHex, zeroHash } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { deploySubnet } from '../../deploy/deploy.ts'
import type { NumericsProfile } from '../../model/engine/engine.ts'
import type { BeaconChain } from '../../shared/beacon/chain-info.ts'
import { deriveBeaconKey } from '../../shared/beacon/sign-round.ts'
import { type ChainContext, connect, openChain } from '../../shared/chain/connect.ts'
import { publishPolicy } from '../../shared/chain/publish-policy.ts'
import { readRegistrationPrice } from '../../shared/chain/read-registration-price.ts'
import { registerIdentity } from '../../shared/chain/register-identity.ts'
import { systemClock } from '../../shared/clock.ts'
import type { Environment } from '../../shared/environments/environment.ts'
import { closeServer, listen } from '../../shared/http/listen.ts'
import { bringPolicy } from './bring-policy.ts'
import { type Child, startServer } from './child.ts'
import type { Registered } from './conductor.ts'
import { createLearner, type DevnetLearner, devnetKey, type Participant } from './participants.ts'
import { type PreparedPolicy, preparePolicy } from './prepare-policy.ts'
import { devnetChainId, devnetConfig, stakeOf, type WindowSize } from './subnet-config.ts'

export interface DevnetNetwork {
  readonly chain: ChainContext
  readonly rpcUrl: string
  readonly relayUrl: string
  readonly deploymentFile: string
  readonly checkpoints: string
  readonly policy: PreparedPolicy
  readonly participants: readonly Registered[]
  readonly learner: DevnetLearner
}

export interface DevnetOptions {
  readonly dataDir: string
  readonly seed: number
  /** Of the chain's JSON-RPC; 0 takes any free one. */
  readonly port: number
  readonly environment: Environment
  readonly profile: NumericsProfile
  /** Directory of the checkpoint to run; undefined: the embedded one, a step further. */
  readonly given?: string | undefined
  readonly participants: readonly Participant[]
  readonly window: WindowSize
  /** Idle blocks that every phase leaves room for; 0 where blocks come with transactions alone. */
  readonly spareBlocks?: number
  readonly signal: AbortSignal
  onChild(child: Child): void
  onStep(step: string): void
}

/** Chain and beacon as processes, contracts deployed, policy published, everybody funded and registered. */
export async function startNetwork(options: DevnetOptions): Promise<DevnetNetwork> {
  const { dataDir, seed, environment, profile, given, onStep } = options
  mkdirSync(join(dataDir, 'logs'), { recursive: true })
  onStep('starting chain and beacon')
  const rpcUrl = await startChain(options)
  const beacon = await startBeacon(options)

  onStep('deploying contracts')
  const deployer = privateKeyToAccount(devnetKey(seed, 'deployer'))
  const clients = await openChain({ rpcUrl, chainId: devnetChainId, account: deployer })
  const fund = (address: string) =>
    clients.publicClient.request<{ Method: 'hardhat_setBalance'; Parameters: string[]; ReturnType: boolean }>(
      {
        method: 'hardhat_setBalance',
        params: [address, numberToHex(parseEther('100'))],
      },
    )
  const learner = { ...createLearner(seed, dataDir), listen: `127.0.0.1:${await freePort(0)}` }
  await fund(deployer.address)
  await fund(learner.account.address)
  const config = devnetConfig({
    beacon: beacon.chain,
    holder: deployer.address,
    learner: learner.account.address,
    participants: options.participants,
    window: options.window,
    spareBlocks: options.spareBlocks,
  })
  const deployment = await deploySubnet(clients, config)
  const deploymentFile = join(dataDir, 'deployment.json')
  writeFileSync(deploymentFile, `${JSON.stringify(deployment, null, 2)}\n`)
  const chain: ChainContext = { ...clients, deployment }

  onStep(given === undefined ? 'training one step and publishing the policy' : `publishing ${given}`)
  const checkpoints = join(dataDir, 'checkpoints')
  const policy =
    given === undefined
      ? await preparePolicy({ checkpoints, environment, profile, seed: devnetKey(seed, 'policy') })
      : await bringPolicy(given, { checkpoints, environment, profile })
  const { manifestHash } = policy.active
  // What it was trained from lies before the network's time: nobody there could take that step again.
  await publishPolicy(await connect({ rpcUrl, deployment, account: learner.account }), {
    manifestHash,
    parent: zeroHash,
    recordHash: zeroHash,
    environmentId: keccak256(toHex(environment.id)),
    environmentHash: environment.parametersHash,
    activationWindow: 0,
    uri: `checkpoints/${manifestHash}`,
  })

  onStep('registering miners and validators')
  const participants: Registered[] = []
  for (const participant of options.participants) {
    options.signal.throwIfAborted()
    await fund(participant.owner.address)
    await fund(participant.hotKey.address)
    const uid = await register(chain, rpcUrl, participant)
    participants.push({ ...participant, uid, listen: `127.0.0.1:${await freePort(0)}` })
  }
  return { chain, rpcUrl, relayUrl: beacon.url, deploymentFile, checkpoints, policy, participants, learner }
}

async function register(chain: ChainContext, rpcUrl: string, participant: Participant): Promise<number> {
  const { role, owner, hotKey } = participant
  const stake = stakeOf(role)
  const hash = await chain.walletClient?.writeContract({
    address: chain.deployment.contracts.token,
    abi: erc20Abi,
    functionName: 'transfer',
    args: [owner.address, stake + (await readRegistrationPrice(chain, role))],
  })
  if (hash) await chain.publicClient.waitForTransactionReceipt({ hash })
  const asOwner = await connect({ rpcUrl, deployment: chain.deployment, account: owner })
  return (await registerIdentity(asOwner, { role, hotKey: hotKey.address, stake })).uid
}

async function startChain({ dataDir, port, signal, onChild }: DevnetOptions): Promise<string> {
  const { child, ready } = await startServer(
    {
      name: 'chain',
      entry: './chain-main.ts',
      arguments: [String(await freePort(port))],
      logFile: join(dataDir, 'logs', 'chain.log'),
    },
    signal,
  )
  onChild(child)
  return String(ready.url)
}

async function startBeacon(options: DevnetOptions): Promise<{ url: string; chain: BeaconChain }> {
  const { dataDir, seed, signal, onChild } = options
  const secretKey = bytesToHex(deriveBeaconKey(hexToBytes(devnetKey(seed, 'beacon')))).slice(2)
  const genesisTime = Math.floor(systemClock.nowMs() / 1000) - 10
  const { child, ready } = await startServer(
    {
      name: 'beacon',
      entry: './beacon-main.ts',
      arguments: [],
      input: JSON.stringify({ secretKey, genesisTime, period: 1, port: 0 }),
      logFile: join(dataDir, 'logs', 'beacon.log'),
    },
    signal,
  )
  onChild(child)
  return { url: String(ready.url), chain: ready.chain as BeaconChain }
}

/** Holds the port for a moment: a busy one is then reported as ours to solve, by name. */
async function freePort(port: number): Promise<number> {
  const probe = createServer()
  const url = await listen(probe, { host: '127.0.0.1', port })
  await closeServer(probe)
  return Number(new URL(url).port)
}
