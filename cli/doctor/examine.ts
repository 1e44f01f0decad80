import { join } from 'node:path'
import type { Address } from 'viem'
import { askChain, revertedWith } from '../../shared/chain/ask-chain.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { type Deployment, readDeployment } from '../../shared/chain/deployment.ts'
import { readIdentity } from '../../shared/chain/read-identity.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { RoleName } from '../config/role-specs.ts'
import { peekAddress } from '../keys/open-key.ts'
import { checkpointRoots } from '../roles/checkpoint-roots.ts'
import { journalPath } from '../roles/journal-path.ts'
import { relaysFor } from '../roles/relays.ts'
import { checkBeacon, checkClock } from './check-beacon.ts'
import { checkChain, checkContracts, checkPrecompiles } from './check-chain.ts'
import { checkEngine, type EngineChoice } from './check-engine.ts'
import { checkFunds, checkIdentity } from './check-identity.ts'
import { checkKey } from './check-key.ts'
import { checkDisk, checkJournal, checkMemory } from './check-machine.ts'
import { checkPolicy } from './check-policy.ts'
import { checkStore } from './check-store.ts'
import { type Finding, failed, ok } from './finding.ts'
import type { Machine } from './machine.ts'

/** What a role would be started with. */
export interface Patient extends EngineChoice {
  readonly role: RoleName
  readonly deployment: string
  readonly rpc: readonly string[]
  readonly key: string
  readonly passwordFile: string | undefined
  readonly relay: readonly string[]
  readonly dataDir: string
  readonly checkpoints: readonly string[]
  readonly checkpointCache: string | undefined
  readonly dataset: string | undefined
  readonly listen: string
  readonly publicUrl: string | undefined
  readonly allowPrivateHosts: boolean
}

/** Looks at everything that a role rests on. What cannot be looked at, since what it rests on is broken, is left out. */
export async function examine(patient: Patient, machine: Machine): Promise<Finding[]> {
  const disk = await checkDisk(patient.dataDir, machine)
  const local = [disk, checkMemory(machine)]
  if (patient.role === 'miner') local.push(await checkEngine(patient, machine))
  const serves = patient.role !== 'validator' && disk.outcome !== 'fail'
  const serving = serves ? await checkStore(patient) : []
  let deployment: Deployment
  try {
    deployment = readDeployment(patient.deployment)
  } catch (error) {
    const fix = 'get the deployment file of the subnet from whoever runs it, and name it with --deployment'
    return [failed('deployment', error, fix), ...local, ...serving]
  }
  const named = ok('deployment', `${deployment.name} on chain ${deployment.chainId}`)
  const key = await checkKey(patient, deployment)
  const { finding, chain } = await checkChain(patient.rpc, deployment)
  const remote = chain ? await examineChain(patient, chain, machine, key) : []
  return [named, key, finding, ...remote, ...local, ...serving]
}

async function examineChain(
  patient: Patient,
  chain: ChainContext,
  machine: Machine,
  key: Finding,
): Promise<Finding[]> {
  const precompiles = await checkPrecompiles(chain)
  const contracts = await checkContracts(chain)
  if (contracts.outcome === 'fail') return [precompiles, contracts]
  const hotKey = key.outcome === 'fail' ? null : peekAddress(patient.key).address
  const { timestamp } = await askChain('read the head', () => chain.publicClient.getBlock())
  const { beacon } = chain.deployment
  const now = BigInt(Math.floor(machine.nowMs() / 1000))
  const roots = [...checkpointRoots(patient), patient.checkpointCache ?? join(patient.dataDir, 'checkpoints')]
  return [
    precompiles,
    contracts,
    ...(hotKey ? await examineIdentity(patient, chain, hotKey) : []),
    await checkClock(beacon, relaysOf(patient, chain), now, timestamp),
    await checkBeacon(beacon, patient.relay, timestamp),
    ...(await checkPolicy(chain, roots, patient, machine)),
  ]
}

async function examineIdentity(
  { role, dataDir }: Patient,
  chain: ChainContext,
  hotKey: Address,
): Promise<Finding[]> {
  const funds = await checkFunds(chain, hotKey)
  // A learner is nobody in the registry: the access manager lets it publish.
  if (role === 'learner') return [funds]
  const identity = await checkIdentity(chain, role, hotKey)
  const uid = await uidOf(chain, role, hotKey)
  if (uid === null) return [identity, funds]
  return [identity, funds, checkJournal(journalPath(dataDir, chain.deployment, role, uid))]
}

async function uidOf(chain: ChainContext, role: 'miner' | 'validator', hotKey: Address) {
  try {
    return (await readIdentity(chain, role, hotKey)).uid
  } catch (error) {
    if (revertedWith(error) === 'HotKeyUnknown') return null
    throw error
  }
}

function relaysOf({ relay }: Patient, { deployment }: ChainContext): readonly string[] {
  try {
    return relaysFor(deployment.beacon, relay)
  } catch (error) {
    if (error instanceof SubnetError) return []
    throw error
  }
}
