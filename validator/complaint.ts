import { type Hex, hashTypedData, keccak256, stringToBytes, type TypedDataDomain } from 'viem'
import { canonicalJson } from '../model/checkpoint/manifest.ts'
import type { Deployment } from '../shared/chain/deployment.ts'
import { encodeWeights } from '../shared/chain/score-row.ts'
import type { EvidenceClaim, EvidenceFinding } from './check-evidence.ts'

const types = {
  EvidenceComplaint: [
    { name: 'epoch', type: 'uint64' },
    { name: 'validatorUid', type: 'uint32' },
    { name: 'rowDigest', type: 'bytes32' },
    { name: 'evidenceRoot', type: 'bytes32' },
    { name: 'outcome', type: 'string' },
    { name: 'finding', type: 'bytes32' },
  ],
} as const

/** EIP-712 typed data: somebody puts a key behind saying that a validator's evidence is not what it owes. */
export interface Complaint {
  readonly domain: TypedDataDomain
  readonly types: typeof types
  readonly primaryType: 'EvidenceComplaint'
  readonly message: {
    readonly epoch: bigint
    readonly validatorUid: number
    readonly rowDigest: Hex
    readonly evidenceRoot: Hex
    readonly outcome: string
    /** keccak256 of the finding as canonical JSON: what anybody can recompute. */
    readonly finding: Hex
  }
}

/** Names the reveal on chain in full, so that a complaint cannot be held against another row. */
export function complaintOf(
  { chainId, contracts }: Pick<Deployment, 'chainId' | 'contracts'>,
  { validator, epoch, weights, evidenceRoot }: Omit<EvidenceClaim, 'opening'>,
  finding: EvidenceFinding,
): Complaint {
  return {
    domain: { name: 'Rollproof', version: '1', chainId, verifyingContract: contracts.scoreBook },
    types,
    primaryType: 'EvidenceComplaint',
    message: {
      epoch: BigInt(epoch),
      validatorUid: validator,
      rowDigest: keccak256(encodeWeights(weights)),
      evidenceRoot,
      outcome: finding.outcome,
      finding: keccak256(stringToBytes(canonicalJson(finding))),
    },
  }
}

/** What a key signs. */
export function complaintDigest(complaint: Complaint): Hex {
  return hashTypedData(complaint)
}
