import type { Hex } from 'viem'
import type { MinerAttackKind } from './arena/attack.ts'
import type { HonestOutcome } from './arena/measure-honest.ts'
import type { MinerOutcome } from './arena/measure-miner.ts'
import type { ValidatorOutcome } from './arena/measure-validator.ts'
import type { AttackSimulation, HonestSimulation } from './simulation.ts'

export interface AttackEntry extends Omit<MinerOutcome, 'observed'> {
  readonly name: string
  readonly kind: MinerAttackKind | 'validator'
  readonly gains: string
  /** What must stop it; null for what remains profitable and is named with its gain. */
  readonly caughtBy: string | null
  readonly simulation: AttackSimulation | null
  readonly validator?: ValidatorOutcome
  /** null when the protocol kept its promise. */
  readonly fault: string | null
}

export interface AttackReport {
  /** Manifest hash of what the network ran. */
  readonly policy: Hex
  readonly profile: string
  readonly seed: number
  readonly windows: number
  readonly groups: number
  readonly honest: HonestOutcome
  readonly attacks: readonly AttackEntry[]
  /** Asked for, and impossible on this policy. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[]
  readonly simulation: { readonly honest: readonly HonestSimulation[] }
}

/** Everything that makes a run a failure. */
export function faultsOf({ honest, attacks }: AttackReport): string[] {
  const faults = attacks.flatMap(({ name, fault }) => (fault === null ? [] : [`${name}: ${fault}`]))
  if (honest.rejected > 0) faults.push(`${honest.rejected} honest rollouts rejected`)
  return faults
}
