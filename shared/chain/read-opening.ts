import type { Hex } from 'viem'
import { rolloutLogAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

/** What a window froze when it was opened. */
export interface Opening {
  /** Hash of the window's first block. */
  readonly blockHash: Hex
  /** Beacon round of the window seed. */
  readonly openRound: bigint
  /** Beacon round of the audit seed; null until the window is closed. */
  readonly auditRound: bigint | null
}

/**
 * Null while nobody has opened the window.
 * @param atBlock as it stood then; at the head when absent
 */
export async function readOpening(
  { publicClient, deployment }: ChainContext,
  window: number,
  atBlock?: bigint,
): Promise<Opening | null> {
  const { blockHash, openRound, auditRound } = await askChain(`read the opening of window ${window}`, () =>
    publicClient.readContract({
      address: deployment.contracts.rolloutLog,
      abi: rolloutLogAbi,
      functionName: 'opening',
      args: [BigInt(window)],
      ...(atBlock === undefined ? {} : { blockNumber: atBlock }),
    }),
  )
  if (openRound === 0n) return null
  return { blockHash, openRound, auditRound: auditRound === 0n ? null : auditRound }
}
