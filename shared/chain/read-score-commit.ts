import type { Hex } from 'viem'
import { scoreBookAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

export interface ScoreCommit {
  /** First 24 bytes of the commitment, or once revealed of keccak256 of the row. */
  readonly hash: Hex
  readonly revealed: boolean
}

/**
 * Null when the validator has none for the epoch, or it is too old to be kept.
 * @param blockNumber as of which block; the head's where none is given
 */
export async function readScoreCommit(
  { publicClient, deployment }: ChainContext,
  epoch: number,
  validatorUid: number,
  blockNumber?: bigint,
): Promise<ScoreCommit | null> {
  const [hash, revealed] = await askChain(`read the score commitment of epoch ${epoch}`, () =>
    publicClient.readContract({
      address: deployment.contracts.scoreBook,
      abi: scoreBookAbi,
      functionName: 'ballot',
      args: [BigInt(epoch), validatorUid],
      ...(blockNumber !== undefined && { blockNumber }),
    }),
  )
  return BigInt(hash) === 0n ? null : { hash, revealed }
}
