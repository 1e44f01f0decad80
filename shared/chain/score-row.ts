import { bytesToHex, encodeAbiParameters, type Hex, keccak256 } from 'viem'
import type { Deployment } from './deployment.ts'

/** What a validator commits to, and later opens. */
export interface ScoreRow {
  readonly epoch: number
  /** By miner uid; each and in sum at most 32767. */
  readonly weights: readonly number[]
  /** 32 unpredictable bytes, or the row could be guessed from its hash. */
  readonly salt: Hex
  readonly evidenceRoot: Hex
}

/** Packed big-endian uint16, as `ScoreBook` takes a row. */
export function encodeWeights(weights: readonly number[]): Hex {
  const bytes = new Uint8Array(2 * weights.length)
  const view = new DataView(bytes.buffer)
  for (const [uid, weight] of weights.entries()) view.setUint16(2 * uid, weight)
  return bytesToHex(bytes)
}

const commitTypes = [
  { type: 'uint256' },
  { type: 'address' },
  { type: 'uint64' },
  { type: 'uint32' },
  { type: 'bytes32' },
  { type: 'bytes32' },
  { type: 'bytes32' },
] as const

/** `ScoreBook.commitHash`: binds chain, contract, epoch, validator, salt, row and evidence. */
export function scoreCommitHash(
  { chainId, contracts }: Pick<Deployment, 'chainId' | 'contracts'>,
  validatorUid: number,
  { epoch, weights, salt, evidenceRoot }: ScoreRow,
): Hex {
  const rowDigest = keccak256(encodeWeights(weights))
  return keccak256(
    encodeAbiParameters(commitTypes, [
      BigInt(chainId),
      contracts.scoreBook,
      BigInt(epoch),
      validatorUid,
      salt,
      rowDigest,
      evidenceRoot,
    ]),
  )
}
