import { chmodSync, cpSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { http, numberToHex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BeaconServer, startBeaconServer } from '../../cli/devnet/beacon-server.ts'
import { checkPrecompiles } from '../../cli/doctor/check-chain.ts'
import { examine, type Patient } from '../../cli/doctor/examine.ts'
import type { Finding } from '../../cli/doctor/finding.ts'
import { type Machine, thisMachine } from '../../cli/doctor/machine.ts'
import { writeKeyFile } from '../../cli/key-file.ts'
import { journalPath } from '../../cli/roles/journal-path.ts'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import { deriveBeaconKey, singleSignerChain } from '../../shared/beacon/sign-round.ts'
import { createClients } from '../../shared/chain/connect.ts'
import { publishPolicy } from '../../shared/chain/publish-policy.ts'
import { registerIdentity } from '../../shared/chain/register-identity.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { requestUnstakeCall } from '../../shared/chain/stake-calls.ts'
import { closeServer, listen } from '../../shared/http/listen.ts'
import { cheapKeystore } from '../helpers/cheap-keystore.ts'
import { type Endpoint, startEndpoint } from '../helpers/hostile-endpoint.ts'
import { namedKey, type ServedSubnet, serveSubnet } from '../helpers/served-subnet.ts'
import { firstPolicy } from './policies.ts'
import { beaconChain, oneToken } from './subnet.ts'

const models = fileURLToPath(new URL('../../models/default', import.meta.url))
const gibibyte = 2 ** 30
const hot = namedKey('hot key')

let subnet: ServedSubnet
let beacon: BeaconServer
let otherBeacon: BeaconServer
let endpoint: Endpoint
let healthy: Patient
let machine: Machine
let taken: { url: string; close(): Promise<void> }
const at = (name: string) => join(subnet.folder, name)

beforeAll(async () => {
  subnet = await serveSubnet()
  await register('hot key', 10n ** 20n)
  await register('poor', 0n)
  await register('leaver', 10n ** 20n)
  const owner = contextOf('leaver owner')
  await sendTransaction(owner, requestUnstakeCall(owner, { role: 'miner', uid: 2 }))
  const { manifest, manifestHash } = await readCheckpoint(models)
  await publishPolicy(subnet, {
    ...firstPolicy,
    manifestHash,
    environmentHash: manifest.environment.parametersHash,
  })
  const { timestamp } = await subnet.publicClient.getBlock()
  const nowMs = () => 1000 * Number(timestamp)
  const { genesisTime, period } = beaconChain
  const secretKey = deriveBeaconKey(new Uint8Array(32).fill(7))
  const sleep = () => Promise.resolve()
  const place = { genesisTime, period, host: '127.0.0.1', port: 0, clock: { nowMs, elapsedMs: nowMs, sleep } }
  beacon = await startBeaconServer({ ...place, secretKey })
  otherBeacon = await startBeaconServer({ ...place, secretKey: deriveBeaconKey(new Uint8Array(32).fill(8)) })
  endpoint = await startEndpoint()
  const corpus = JSON.parse(readFileSync(join(models, 'calibration.json'), 'utf8'))
  machine = {
    nowMs,
    freeDiskBytes: async () => 100 * gibibyte,
    freeMemoryBytes: () => 16 * gibibyte,
    kernelClass: async () => corpus.measurements[0].kernels,
  }
  writeKeyFile(at('hot'), hot.key)
  healthy = {
    role: 'miner',
    deployment: subnet.deploymentFile,
    rpc: [subnet.rpcUrl],
    key: at('hot'),
    passwordFile: undefined,
    relay: [beacon.url],
    dataDir: at('data'),
    checkpoints: [],
    checkpointCache: undefined,
    dataset: undefined,
    listen: '127.0.0.1:0',
    publicUrl: undefined,
    allowPrivateHosts: true,
    engine: 'native',
    engineUrl: undefined,
    enginePython: 'python3',
    device: 'cpu',
  }
  const server = createServer((_, response) => response.writeHead(404).end())
  taken = { url: await listen(server, { host: '127.0.0.1', port: 0 }), close: () => closeServer(server) }
})
afterAll(async () => {
  await Promise.all([beacon?.close(), otherBeacon?.close(), endpoint?.close(), taken?.close()])
  await subnet?.close()
})

function contextOf(name: string) {
  const { account } = namedKey(name)
  return {
    ...createClients({ transport: http(subnet.rpcUrl), chainId: 31_337, account }),
    deployment: subnet.deployment,
  }
}

async function register(name: string, gas: bigint): Promise<void> {
  const { address } = namedKey(name).account
  await subnet.fund(namedKey(`${name} owner`).account.address, 100n * oneToken)
  await registerIdentity(contextOf(`${name} owner`), {
    role: 'miner',
    hotKey: address,
    stake: 50n * oneToken,
  })
  await subnet.rpc('hardhat_setBalance', [address, numberToHex(gas)])
}

/** A file as it must be, or as it must not. */
function file(name: string, content: string, mode = 0o600): string {
  writeFileSync(at(name), content)
  chmodSync(at(name), mode)
  return at(name)
}

function keyOf(name: string): string {
  return file(`${name}.key`, namedKey(name).key)
}

function deploymentWith(change: object, contracts: object = {}): string {
  const right = JSON.parse(readFileSync(subnet.deploymentFile, 'utf8'))
  return file(
    'wrong.json',
    JSON.stringify({ ...right, ...change, contracts: { ...right.contracts, ...contracts } }),
  )
}

/** As Core ML is on this machine: only a Mac has it. */
const missingDevice: Machine['kernelClass'] = (device) =>
  device === 'cpu' ? machine.kernelClass('cpu') : thisMachine.kernelClass(device)

const troubles = (findings: readonly Finding[]) => findings.filter(({ outcome }) => outcome !== 'ok')

test('the doctor finds nothing where nothing is wrong', async () => {
  const findings = await examine(healthy, machine)
  expect(troubles(findings)).toEqual([])
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining([
      'deployment',
      'key',
      'chain',
      'precompiles',
      'contracts',
      'identity',
      'funds',
      'clock',
      'beacon',
      'disk',
      'memory',
      'journal',
      'store',
      'public URL',
      'engine',
      'policy',
      'numerics',
    ]),
  )
})

interface Fault {
  readonly named: string
  readonly check: Finding['check']
  readonly outcome: 'warn' | 'fail'
  readonly fix: RegExp
  plant(): { patient?: Partial<Patient>; machine?: Partial<Machine> }
}

const faults: readonly Fault[] = [
  {
    ...{ named: 'no deployment file', check: 'deployment', outcome: 'fail', fix: /get the deployment file/ },
    plant: () => ({ patient: { deployment: at('nowhere') } }),
  },
  {
    ...{
      named: 'a deployment file that is none',
      check: 'deployment',
      outcome: 'fail',
      fix: /get the deployment file/,
    },
    plant: () => ({ patient: { deployment: file('none.json', '{}') } }),
  },
  {
    ...{ named: 'no key', check: 'key', outcome: 'fail', fix: /rollproof keys new/ },
    plant: () => ({ patient: { key: at('nowhere') } }),
  },
  {
    ...{ named: 'a key that others can read', check: 'key', outcome: 'fail', fix: /chmod 600/ },
    plant: () => ({ patient: { key: file('open', hot.key, 0o644) } }),
  },
  {
    ...{ named: 'a damaged key', check: 'key', outcome: 'fail', fix: /restore a copy/ },
    plant: () => ({ patient: { key: file('damaged', hot.key.slice(0, 40)) } }),
  },
  {
    ...{ named: 'a wrong password', check: 'key', outcome: 'fail', fix: /--password-file/ },
    plant: () => ({
      patient: {
        key: file('sealed', cheapKeystore(hot.key, 'right')),
        passwordFile: file('password', 'wrong'),
      },
    }),
  },
  {
    ...{
      named: 'an endpoint that is down',
      check: 'chain',
      outcome: 'fail',
      fix: /--rpc an endpoint of chain 31337/,
    },
    plant: () => ({ patient: { rpc: ['http://127.0.0.1:1'] } }),
  },
  {
    ...{ named: 'an endpoint of another chain', check: 'chain', outcome: 'fail', fix: /of chain 31337/ },
    plant: () => {
      endpoint.answer = () => ({ reply: { result: '0x1' } })
      return { patient: { rpc: [endpoint.url] } }
    },
  },
  {
    ...{
      named: 'a contract at the wrong address',
      check: 'contracts',
      outcome: 'fail',
      fix: /deployment file again/,
    },
    plant: () => ({ patient: { deployment: deploymentWith({}, { scoreBook: hot.account.address }) } }),
  },
  {
    ...{
      named: 'a contract of another subnet',
      check: 'contracts',
      outcome: 'fail',
      fix: /deployment file again/,
    },
    plant: () => ({
      patient: { deployment: deploymentWith({}, { params: subnet.deployment.contracts.token }) },
    }),
  },
  {
    ...{
      named: 'a beacon that the chain does not trust',
      check: 'contracts',
      outcome: 'fail',
      fix: /file again/,
    },
    plant: () => ({
      patient: {
        deployment: deploymentWith({
          beacon: singleSignerChain({
            ...beaconChain,
            secretKey: deriveBeaconKey(new Uint8Array(32).fill(8)),
          }),
        }),
      },
    }),
  },
  {
    ...{
      named: 'a key that is not registered',
      check: 'identity',
      outcome: 'fail',
      fix: /rollproof register/,
    },
    plant: () => ({ patient: { key: keyOf('leaver owner') } }),
  },
  {
    ...{ named: 'an identity that has left', check: 'identity', outcome: 'fail', fix: /register anew/ },
    plant: () => ({ patient: { key: keyOf('leaver') } }),
  },
  {
    ...{
      named: 'no money for gas',
      check: 'funds',
      outcome: 'fail',
      fix: /send some of the chain's own currency/,
    },
    plant: () => ({ patient: { key: keyOf('poor') } }),
  },
  {
    ...{ named: 'a clock five minutes slow', check: 'clock', outcome: 'fail', fix: /NTP/ },
    plant: () => ({ machine: { nowMs: () => machine.nowMs() - 300_000 } }),
  },
  {
    ...{ named: 'a clock five minutes fast', check: 'clock', outcome: 'fail', fix: /NTP/ },
    plant: () => ({ machine: { nowMs: () => machine.nowMs() + 300_000 } }),
  },
  {
    ...{ named: 'one relay of two that is down', check: 'beacon', outcome: 'warn', fix: /--relay/ },
    plant: () => ({ patient: { relay: [beacon.url, 'http://127.0.0.1:1'] } }),
  },
  {
    ...{ named: 'one relay of two that lies', check: 'beacon', outcome: 'warn', fix: /--relay/ },
    plant: () => ({ patient: { relay: [otherBeacon.url, beacon.url] } }),
  },
  {
    ...{ named: 'a data directory that is a file', check: 'disk', outcome: 'fail', fix: /--data-dir/ },
    plant: () => ({ patient: { dataDir: file('not-a-directory', '') } }),
  },
  {
    ...{ named: 'a full disk', check: 'disk', outcome: 'fail', fix: /free space/ },
    plant: () => ({ machine: { freeDiskBytes: async () => gibibyte / 2 } }),
  },
  {
    ...{ named: 'a disk that fills', check: 'disk', outcome: 'warn', fix: /free space/ },
    plant: () => ({ machine: { freeDiskBytes: async () => 5 * gibibyte } }),
  },
  {
    ...{ named: 'too little memory', check: 'memory', outcome: 'fail', fix: /more memory/ },
    plant: () => ({ machine: { freeMemoryBytes: () => gibibyte / 4 } }),
  },
  {
    ...{ named: 'a damaged journal', check: 'journal', outcome: 'fail', fix: /move the file away/ },
    plant: () => {
      const path = journalPath(at('damaged-data'), subnet.deployment, 'miner', 0)
      mkdirSync(join(path, '..'), { recursive: true })
      writeFileSync(path, 'no database, and long enough to be taken for one at first sight'.repeat(20))
      return { patient: { dataDir: at('damaged-data') } }
    },
  },
  {
    ...{
      named: 'a public URL in a private network',
      check: 'public URL',
      outcome: 'fail',
      fix: /--public-url/,
    },
    plant: () => ({ patient: { allowPrivateHosts: false } }),
  },
  {
    ...{
      named: 'a public URL that leads elsewhere',
      check: 'public URL',
      outcome: 'fail',
      fix: /firewall and router/,
    },
    plant: () => ({ patient: { publicUrl: `${taken.url}/bundles` } }),
  },
  {
    ...{ named: 'a port that is taken', check: 'store', outcome: 'warn', fix: /--listen/ },
    plant: () => ({
      patient: { listen: taken.url.replace('http://', ''), publicUrl: `${taken.url}/bundles` },
    }),
  },
  {
    ...{ named: 'an engine that is not there', check: 'engine', outcome: 'fail', fix: /--engine-url/ },
    plant: () => ({ patient: { engine: 'http', engineUrl: 'http://127.0.0.1:1' } }),
  },
  {
    ...{ named: 'a Python without the engine', check: 'engine', outcome: 'fail', fix: /--engine-python/ },
    plant: () => ({ patient: { engine: 'transformers', enginePython: process.execPath } }),
  },
  {
    ...{ named: 'a device that is missing', check: 'engine', outcome: 'fail', fix: /--device cpu/ },
    plant: () => ({ patient: { device: 'coreml' }, machine: { kernelClass: missingDevice } }),
  },
  {
    ...{
      named: 'a checkpoint cut short',
      check: 'policy',
      outcome: 'fail',
      fix: /remove .*fetches the checkpoint again/,
    },
    plant: () => {
      cpSync(models, at('corrupt'), { recursive: true })
      truncateSync(join(at('corrupt'), 'model.safetensors'), 1000)
      return { patient: { checkpoints: [at('corrupt')] } }
    },
  },
  {
    ...{
      named: 'kernels that nobody measured',
      check: 'numerics',
      outcome: 'warn',
      fix: /rollproof calibrate/,
    },
    plant: () => ({ machine: { kernelClass: async () => 'native-00000000' } }),
  },
]

test('the doctor finds a chain without the precompiles of EIP-2537', async () => {
  const bare = async () => ({ data: '0x' }) as const
  const chain = { ...subnet, publicClient: { ...subnet.publicClient, call: bare } } as typeof subnet
  expect(await checkPrecompiles(chain)).toMatchObject({
    outcome: 'fail',
    fix: expect.stringContaining('Prague'),
  })
  expect(await checkPrecompiles(subnet)).toMatchObject({ outcome: 'ok' })
})

test.each(faults)('the doctor finds $named, by the check of it, and names the fix', async (fault) => {
  const { patient, machine: other } = fault.plant()
  const found = troubles(await examine({ ...healthy, ...patient }, { ...machine, ...other }))
  const right = found.filter(({ check, outcome }) => check === fault.check && outcome === fault.outcome)
  expect(right, JSON.stringify(found)).toHaveLength(1)
  expect(right[0].fix).toMatch(fault.fix)
  expect(found).toEqual(right)
})
