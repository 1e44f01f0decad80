import type { Address, Hex } from 'viem'
import { scoreBookAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

export interface ScoreCommit {
  /** The commitment, or once revealed keccak256 of the row. */
  readonly hash: Hex
  /** Hot key that committed; part of the hash even where it was rotated since. */
  readonly hotKey: Address
  readonly revealed: boolean
}

/** Null when the validator has none for the epoch, or it is too old to be kept. */
export async function readScoreCommit(
  { publicClient, deployment }: ChainContext,
  epoch: number,
  validatorUid: number,
): Promise<ScoreCommit | null> {
  const [hash, hotKey, revealed] = await askChain(`read the score commitment of epoch ${epoch}`, () =>
    publicClient.readContract({
      address: deployment.contracts.scoreBook,
      abi: scoreBookAbi,
      functionName: 'ballot',
      args: [BigInt(epoch), validatorUid],
    }),
  )
  return BigInt(hash) === 0n ? null : { hash, hotKey, revealed }
}
