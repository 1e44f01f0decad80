import { type Hex, keccak256, stringToBytes } from 'viem'
import type { CommittedBundle } from '../shared/protocol/checks/commitment.ts'
import type { Rules } from '../shared/protocol/rules.ts'
import { devnetRules } from '../test/attacks/arena/window.ts'

/** The devnet's rules with twice its groups, so that a fast machine still has something to measure. */
export const rules: Rules = { ...devnetRules, maxGroups: 32 }

/** What identifies the window that is measured; its seeds differ from run to run, so that no run is special. */
export const chainId = 31_337
export const subnet = '0x0000000000000000000000000000000000000001'
export const window = 0
export const miner = 0
export const validator = 0

export function seedOf(purpose: 'window' | 'audit' | 'warm-up', run: number): Hex {
  return keccak256(stringToBytes(`bench/${purpose}/${run}`))
}

/** One role's work in a process of its own, so that its peak memory is its own. */
export interface Assignment {
  readonly checkpoints: string
  readonly policy: Hex
  readonly run: number
  /** Directory store between miner and validator. */
  readonly bundles: string
}

/** Milliseconds, tokens a second, bytes: what each name's unit says. */
export type Figures = Readonly<Record<string, number>>

export interface MinerResult {
  readonly figures: Figures
  readonly runtime: string
  readonly vocabulary: number
  readonly committed: CommittedBundle
}

export interface TrainerResult {
  readonly figures: Figures
}

export interface ValidatorResult {
  readonly figures: Figures
  /** Everything was made honestly, so anything but 0 is a defect. */
  readonly rejected: number
}
