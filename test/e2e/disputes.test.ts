import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { network } from 'hardhat'
import { type Hex, keccak256, numberToHex, toHex, zeroHash } from 'viem'
import { mnemonicToAccount, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BeaconServer, startBeaconServer } from '../../cli/devnet/beacon-server.ts'
import { writeKeyFile } from '../../cli/key-file.ts'
import { deploySubnet } from '../../deploy/deploy.ts'
import { canonicalJson, hashManifest } from '../../model/checkpoint/manifest.ts'
import { deriveBeaconKey, signRound } from '../../shared/beacon/sign-round.ts'
import { subnetTokenAbi } from '../../shared/chain/abi.ts'
import { announceUri } from '../../shared/chain/announce-uri.ts'
import { closeWindow } from '../../shared/chain/close-window.ts'
import { commitRoot } from '../../shared/chain/commit-root.ts'
import { commitScores } from '../../shared/chain/commit-scores.ts'
import { type ChainContext, openChain } from '../../shared/chain/connect.ts'
import { openWindow } from '../../shared/chain/open-window.ts'
import { openingStatement } from '../../shared/chain/opening-statement.ts'
import { publishPolicy } from '../../shared/chain/publish-policy.ts'
import { readEntity } from '../../shared/chain/read-entity.ts'
import { registerIdentity } from '../../shared/chain/register-identity.ts'
import { revealScores } from '../../shared/chain/reveal-scores.ts'
import type { Role } from '../../shared/chain/role.ts'
import { encodeWeights, rowDigest } from '../../shared/chain/score-row.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { systemClock } from '../../shared/clock.ts'
import { closeServer, listen } from '../../shared/http/listen.ts'
import { encodeBundle } from '../../shared/protocol/bundle.ts'
import { commitmentOf } from '../../shared/protocol/commitment.ts'
import type { Bundle } from '../../shared/protocol/rollout.ts'
import {
  commitDeadline,
  epochEnd,
  revealEnd,
  type Schedule,
  scoreCommitStart,
  windowStart,
} from '../../shared/protocol/schedule.ts'
import { windowSeed } from '../../shared/protocol/seed.ts'
import { encodeOpening } from '../../validator/evidence-opening.ts'
import { oneToken, testConfig } from '../contracts/subnet.ts'
import { runProgram } from '../helpers/program.ts'
import { satBundle, satManifest, satTokenizer } from '../helpers/sat-bundle.ts'

const bond = 100n * oneToken
const secretKey = deriveBeaconKey(new Uint8Array(32).fill(7))
const beaconTimes = { genesisTime: 1_600_000_000, period: 3 }
const deployer = mnemonicToAccount('test test test test test test test test test test test junk')
const size = { groups: 3, groupSize: testConfig.rules.groupSize }

let chain: ChainContext
let beacon: BeaconServer
let schedule: Schedule
let folder: string
let rpcUrl: string
let closeChain: () => Promise<void>
let anyone: string[]
let prover: string[]
let looking: string[]
let observer: string[]
const bundles = new Map<string, Uint8Array>()
/** Every miner's store: who asks for a root gets its bundle. */
const store = createServer((request, response) =>
  response.end(bundles.get(request.url?.split('/').at(-1) ?? '')),
)

beforeAll(async () => {
  const server = await network.createServer('node', '127.0.0.1', 0)
  const { address, port } = await server.listen()
  closeChain = () => server.close()
  rpcUrl = `http://${address}:${port}`
  folder = mkdtempSync(join(tmpdir(), 'rollproof-disputes-'))
  // A day ahead, so that a round is there as soon as a block has fixed it.
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + 86_400_000 }
  beacon = await startBeaconServer({ secretKey, ...beaconTimes, host: '127.0.0.1', port: 0, clock })
  const clients = await openChain({ rpcUrl, chainId: 31_337, account: deployer })
  const { startDelayBlocks, ...phases } = { ...testConfig.schedule, startDelayBlocks: 120 }
  const config = { ...testConfig, schedule: { startDelayBlocks, ...phases }, beacon: beacon.chain }
  chain = { ...clients, deployment: await deploySubnet(clients, config) }
  schedule = { ...phases, startBlock: BigInt(chain.deployment.startBlock) }

  const deployment = join(folder, 'deployment.json')
  writeFileSync(deployment, JSON.stringify(chain.deployment))
  const checkpoint = join(folder, 'checkpoints', 'sat')
  mkdirSync(checkpoint, { recursive: true })
  writeFileSync(join(checkpoint, 'manifest.json'), canonicalJson(satManifest))
  writeFileSync(join(checkpoint, 'tokenizer.json'), satTokenizer)
  await fund('prover')
  writeKeyFile(join(folder, 'prover.key'), keyOf('prover'))
  anyone = ['--deployment', deployment, '--rpc', rpcUrl]
  prover = [...anyone, '--key', join(folder, 'prover.key')]
  looking = ['--relay', beacon.url, '--checkpoints', join(folder, 'checkpoints'), '--allow-private-hosts']
  observer = [...prover, ...looking]
})
afterAll(async () => {
  await beacon?.close()
  await closeServer(store)
  await closeChain?.()
  rmSync(folder, { recursive: true })
})

const keyOf = (name: string): Hex => keccak256(toHex(name))
const accountOf = (name: string): PrivateKeyAccount => privateKeyToAccount(keyOf(name))
const rpc = (method: string, params: readonly unknown[]) =>
  chain.publicClient.request({ method, params } as never)

async function fund(name: string): Promise<void> {
  await rpc('hardhat_setBalance', [accountOf(name).address, numberToHex(10n ** 20n)])
}

async function as(name: string): Promise<ChainContext> {
  const clients = await openChain({ rpcUrl, chainId: 31_337, account: accountOf(name) })
  return { ...clients, deployment: chain.deployment }
}

async function advanceTo(block: bigint): Promise<void> {
  const head = await chain.publicClient.getBlockNumber({ cacheTime: 0 })
  await rpc('hardhat_mine', [numberToHex(block - head), '0x0'])
}

/** @returns its hot key's side of the chain */
async function register(role: Role, name: string): Promise<ChainContext> {
  await fund(`${name} owner`)
  await fund(name)
  await sendTransaction(chain, {
    address: chain.deployment.contracts.token,
    abi: subnetTokenAbi,
    functionName: 'transfer',
    args: [accountOf(`${name} owner`).address, bond + oneToken],
  })
  await registerIdentity(await as(`${name} owner`), { role, hotKey: accountOf(name).address, stake: bond })
  return as(name)
}

/** Opens window 0, in which miner 0 claims what it did not earn and miner 1 answers for another window; miner 2 is honest. */
async function commitBundles(miners: readonly ChainContext[], base: string): Promise<void> {
  await advanceTo(windowStart(schedule, 0) + 1n)
  const { blockHash, openRound } = await openWindow(chain, 0)
  const { chainId, contracts } = chain.deployment
  const randomness: Hex = `0x${signRound(secretKey, openRound).randomness}`
  const seed = windowSeed({ chainId, rolloutLog: contracts.rolloutLog, window: 0, blockHash, randomness })
  const about = { chainId, subnet: contracts.rolloutLog, window: 0 }
  const made: Bundle[] = [
    satBundle({ ...about, miner: 0 }, seed, size, (right, r) => (r === 1 ? `${right}!` : right)),
    satBundle({ ...about, miner: 1, window: 7 }, seed, size, (right) => right),
    satBundle({ ...about, miner: 2 }, seed, size, (right) => right),
  ]
  for (const [uid, bundle] of made.entries()) {
    const bytes = encodeBundle(bundle)
    const commitment = commitmentOf(bundle, bytes)
    bundles.set(commitment.root.slice(2), bytes)
    await announceUri(miners[uid], uid, base)
    await commitRoot(miners[uid], { window: 0, ...commitment })
  }
  await advanceTo(commitDeadline(schedule, 0))
  await closeWindow(chain, 0)
}

async function dispute(code: number, ...args: readonly string[]): Promise<string> {
  const ended = await runProgram(['dispute', ...args])
  expect(ended.code, ended.output).toBe(code)
  expect(ended.output).not.toMatch(/^\s+at /m)
  return ended.output
}

const stakeOf = async (role: Role, uid: number) => (await readEntity(chain, role, uid)).stake

test('faults of miners are proven by what they committed, and honest work is not', async () => {
  const base = await listen(store, { host: '127.0.0.1', port: 0 })
  await publishPolicy(chain, {
    ...{ manifestHash: hashManifest(satManifest), parent: zeroHash, recordHash: zeroHash, uri: '' },
    environmentId: keccak256(toHex(satManifest.environment.id)),
    environmentHash: satManifest.environment.parametersHash,
    activationWindow: 0,
  })
  const miners: ChainContext[] = []
  for (const name of ['a', 'b', 'c']) miners.push(await register('miner', name))
  await commitBundles(miners, base)

  const sat = ['sat', '0', '0', '2', '1', ...observer]
  const trial = ['sat', '0', '0', '2', '1', ...anyone, ...looking, '--dry-run']
  expect(await dispute(1, ...trial)).toContain('ROUND_NOT_ON_CHAIN')
  expect(await dispute(0, ...sat)).toMatch(
    /miner 0 was punished for window 0 with 50000000000000000000 token units/,
  )
  expect(await stakeOf('miner', 0)).toBe(bond / 2n)
  expect(await dispute(1, 'sat', '0', '0', '2', '0', ...observer, '--dry-run')).toContain('RewardEarned')

  const commitment = ['commitment', '0', '1', ...observer]
  expect(await dispute(0, 'commitment', '0', '1', ...anyone, ...looking, '--dry-run')).toContain(
    'proveBadLeaf would go through now',
  )
  expect(await stakeOf('miner', 1)).toBe(bond)
  const outcome = JSON.parse(await dispute(0, ...commitment, '--json'))
  expect(outcome).toMatchObject({
    proof: 'proveBadLeaf',
    sent: { punished: { role: 'miner', uid: 1, period: '0' } },
  })
  expect(await stakeOf('miner', 1)).toBe(bond / 2n)
  expect(await dispute(1, 'commitment', '0', '2', ...observer)).toMatch(/NOT_DISPUTABLE.*honest/s)
})

test('faults of validators are proven by what they signed, and by what they kept closed', async () => {
  const [silent, liar] = [await register('validator', 'v'), await register('validator', 'w')]
  const row = { epoch: 0, weights: [1, 2], salt: keccak256('0x01'), evidenceRoot: keccak256('0x02') }
  await advanceTo(scoreCommitStart(schedule, 0))
  for (const validator of [silent, liar]) await commitScores(validator, row)
  await advanceTo(epochEnd(schedule, 0))
  await revealScores(liar, row)
  await advanceTo(revealEnd(schedule, 0))

  expect(await dispute(1, 'non-reveal', '0', '0', ...anyone)).toMatch(/CONFIG_INVALID.*--dry-run/s)
  expect(await dispute(0, 'non-reveal', '0', '0', ...anyone, '--dry-run')).toContain('would go through')
  const outcome = await dispute(0, 'non-reveal', '0', '0', ...prover)
  expect(outcome).toContain('validator 0 was punished for epoch 0')
  expect(await stakeOf('validator', 0)).toBe((bond * 99n) / 100n)
  expect(await dispute(1, 'non-reveal', '0', '1', ...prover)).toContain('NoCommitmentOpen')

  const revealed = rowDigest(encodeWeights(row.weights))
  const honest = await opening('honest', revealed, row.evidenceRoot)
  const other = await opening('other', keccak256('0x05'), row.evidenceRoot)
  expect(await dispute(1, 'false-opening', honest, ...prover)).toMatch(/NOT_DISPUTABLE.*was revealed/s)
  expect(await dispute(0, 'false-opening', other, ...anyone, '--dry-run')).toContain(
    'proveFalseOpening would go',
  )
  expect(await dispute(0, 'equivocation', honest, other, ...prover)).toContain('validator 1 was punished')
  expect(await stakeOf('validator', 1)).toBe(bond / 2n)
})

/** As validator 1 publishes what its evidence root is made of. */
async function opening(name: string, digest: Hex, evidenceRoot: Hex): Promise<string> {
  const said = { epoch: 0, validatorUid: 1, rowDigest: digest, evidenceRoot }
  const signature = await accountOf('w').signTypedData(openingStatement(chain.deployment, said))
  const path = join(folder, `${name}.json`)
  const statement = { rowDigest: digest, signature }
  writeFileSync(path, encodeOpening({ epoch: 0, validator: 1, evidenceRoot, points: [], statement }))
  return path
}
