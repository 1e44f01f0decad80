import { type Hex, keccak256, stringToBytes } from 'viem'
import type { Rules } from '../../../shared/protocol/rules.ts'

/** The devnet's rules (cli/devnet/subnet-config.ts), where a window is an epoch. */
export const devnetRules: Rules = {
  groupSize: 8,
  maxGroups: 16,
  auditRatePpm: 5_000,
  auditFloor: 12,
  sketchPositions: 4,
  coefficients: {
    base: 500_000,
    correctness: 1_000_000,
    reasoning: 250_000,
    satisfaction: 250_000,
    signal: 500_000,
  },
}

export const network = { chainId: 31_337, subnet: `0x${'ab'.repeat(20)}` } as const

/** Stands for the block hash and the beacon: nobody in the arena knows a seed before its time. */
export function drawSeed(
  purpose: 'window' | 'audit' | 'update' | 'attacker',
  seed: number,
  index: number,
): Hex {
  return keccak256(stringToBytes(`attacks/${seed}/${purpose}/${index}`))
}
