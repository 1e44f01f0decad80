import type { Hex } from 'viem'
import type { Deployment } from './deployment.ts'

/** A validator's word on what it revealed for an epoch, for which `Disputes` can hold it to account. */
export interface OpeningStatement {
  readonly epoch: number
  readonly validatorUid: number
  /** `rowDigest` of the row. */
  readonly rowDigest: Hex
  readonly evidenceRoot: Hex
}

const types = {
  EvidenceOpening: [
    { name: 'epoch', type: 'uint64' },
    { name: 'validatorUid', type: 'uint32' },
    { name: 'rowDigest', type: 'bytes32' },
    { name: 'evidenceRoot', type: 'bytes32' },
  ],
} as const

/** EIP-712 typed data as `Disputes` takes it apart. */
export function openingStatement(
  { chainId, contracts }: Pick<Deployment, 'chainId' | 'contracts'>,
  statement: OpeningStatement,
) {
  return {
    domain: { name: 'Rollproof', version: '1', chainId, verifyingContract: contracts.disputes },
    types,
    primaryType: 'EvidenceOpening',
    message: { ...statement, epoch: BigInt(statement.epoch) },
  } as const
}
