import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Hex, keccak256, toHex } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { privateKeyToAccount } from 'viem/accounts'
import type { Role } from '../../shared/chain/role.ts'
import { writeKeyFile } from '../key-file.ts'

export const cheats = ['stale', 'forge', 'shortcut'] as const
export type Cheat = (typeof cheats)[number]
export type Behaviour = 'honest' | Cheat

/** One identity of the devnet: an owner who holds the money, a hot key that signs, a process that runs. */
export interface Participant {
  readonly name: string
  readonly role: Role
  readonly behaviour: Behaviour
  readonly owner: PrivateKeyAccount
  readonly hotKey: PrivateKeyAccount
  readonly keyFile: string
  readonly dataDir: string
}

/** Derives every key from the seed: worthless money, repeatable addresses. */
export function createParticipants(options: {
  readonly seed: number
  readonly dataDir: string
  readonly miners: number
  readonly adversaries: readonly Cheat[]
  readonly validators: number
}): Participant[] {
  const { seed, dataDir, miners, adversaries, validators } = options
  const repeat = (count: number) => Array.from({ length: count }, () => 'honest' as const)
  const minerBehaviours: readonly Behaviour[] = [...repeat(miners), ...adversaries]
  mkdirSync(join(dataDir, 'keys'), { recursive: true, mode: 0o700 })
  const create = (role: Role) => (behaviour: Behaviour, index: number) => {
    const name = `${role}-${index}`
    const keyFile = join(dataDir, 'keys', name)
    const hotKey = writeKeyFile(keyFile, devnetKey(seed, `${name} hot key`))
    const owner = privateKeyToAccount(devnetKey(seed, `${name} owner`))
    return { name, role, behaviour, owner, hotKey, keyFile, dataDir: join(dataDir, name) }
  }
  return [...minerBehaviours.map(create('miner')), ...repeat(validators).map(create('validator'))]
}

/** Who publishes: an account of its own, that is registered for nothing. */
export interface DevnetLearner {
  readonly account: PrivateKeyAccount
  readonly keyFile: string
  readonly dataDir: string
  /** Where it serves what it published, also after a restart. */
  readonly listen: string
}

export function createLearner(seed: number, dataDir: string): Omit<DevnetLearner, 'listen'> {
  mkdirSync(join(dataDir, 'keys'), { recursive: true, mode: 0o700 })
  const keyFile = join(dataDir, 'keys', 'learner')
  const account = writeKeyFile(keyFile, devnetKey(seed, 'learner'))
  return { account, keyFile, dataDir: join(dataDir, 'learner') }
}

export function devnetKey(seed: number, purpose: string): Hex {
  return keccak256(toHex(`rollproof devnet ${seed}: ${purpose}`))
}
