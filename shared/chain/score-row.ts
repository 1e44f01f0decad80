import { bytesToHex, concat, encodeAbiParameters, type Hex, keccak256, size, slice } from 'viem'
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

/** Bytes of a row that `Settlement` decides at once. */
const sliceBytes = 512

/** Hashes of a row's slices, packed. */
export function sliceHashes(row: Hex): Hex {
  // Without its first argument viem would take an empty list for one of byte arrays.
  return concat(['0x', ...slicesOf(row).map((slice) => keccak256(slice))])
}

/** `WeightRow.digest`: over the hashes of the slices, so that one can be shown without the others. */
export function rowDigest(row: Hex): Hex {
  return keccak256(sliceHashes(row))
}

export function slicesOf(row: Hex): Hex[] {
  const count = Math.ceil(size(row) / sliceBytes)
  return Array.from({ length: count }, (_, i) => {
    return slice(row, i * sliceBytes, Math.min(size(row), (i + 1) * sliceBytes))
  })
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
  return keccak256(
    encodeAbiParameters(commitTypes, [
      BigInt(chainId),
      contracts.scoreBook,
      BigInt(epoch),
      validatorUid,
      salt,
      rowDigest(encodeWeights(weights)),
      evidenceRoot,
    ]),
  )
}
