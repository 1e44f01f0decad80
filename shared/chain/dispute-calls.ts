import type { Hex } from 'viem'
import { disputesAbi } from './abi.ts'
import type { Deployment } from './deployment.ts'
import type { OpeningStatement } from './opening-statement.ts'
import type { CommitmentProof } from './read-commitment-proof.ts'
import type { AnyCall } from './send-transaction.ts'

type Contracts = Deployment['contracts']

/** `SatProof` of IDisputes.sol: a rollout of a committed group, and what its tokens say. */
export interface SatProof {
  readonly group: number
  readonly rollout: number
  readonly groupBytes: Hex
  readonly proof: readonly Hex[]
  readonly manifest: Hex
  /** Where the manifest's token table is named. */
  readonly tokenTableAt: bigint
  readonly texts: readonly { readonly token: number; readonly text: Hex; readonly proof: readonly Hex[] }[]
}

/** `Leaf` of IDisputes.sol. */
export interface ProvenLeaf {
  readonly window: bigint
  readonly minerUid: number
  readonly index: number
  readonly groupHash: Hex
}

/** A validator's word and its signature under a hot key of that validator. */
export interface SignedOpening {
  readonly statement: OpeningStatement
  readonly signature: Hex
}

/** A reward that its SAT answer does not earn. The window's beacon round must be on chain. */
export function unsatisfiedSatCall(contracts: Contracts, committed: CommitmentProof, sat: SatProof): AnyCall {
  return call(contracts, 'proveUnsatisfiedSat', [committed, sat])
}

/** A leaf of another window or miner, or of no group of the commitment. */
export function badLeafCall(
  contracts: Contracts,
  committed: CommitmentProof,
  leaf: ProvenLeaf,
  path: readonly Hex[],
): AnyCall {
  return call(contracts, 'proveBadLeaf', [committed, leaf, path])
}

/** Two leaves of one group. */
export function duplicateGroupCall(
  contracts: Contracts,
  committed: CommitmentProof,
  group: number,
  groupHashes: readonly [Hex, Hex],
  paths: readonly [readonly Hex[], readonly Hex[]],
): AnyCall {
  return call(contracts, 'proveDuplicateGroup', [committed, group, groupHashes, ...paths])
}

/**
 * Fewer leaves than groups; all of them, in the order of the tree.
 * @param bundleHash sha256 of the stored bundle
 */
export function missingGroupCall(
  contracts: Contracts,
  committed: CommitmentProof,
  leaves: readonly Pick<ProvenLeaf, 'index' | 'groupHash'>[],
  bundleHash: Hex,
): AnyCall {
  const indices = leaves.map(({ index }) => index)
  const hashes = leaves.map(({ groupHash }) => groupHash)
  return call(contracts, 'proveMissingGroup', [committed, indices, hashes, bundleHash])
}

/** Scores that were committed for an epoch and not revealed. */
export function nonRevealCall(contracts: Contracts, epoch: number, validatorUid: number): AnyCall {
  return call(contracts, 'proveNonReveal', [BigInt(epoch), validatorUid])
}

/** Two signed openings of one epoch that contradict each other. */
export function equivocationCall(contracts: Contracts, first: SignedOpening, second: SignedOpening): AnyCall {
  const args = [first, second].flatMap(({ statement, signature }) => [onChain(statement), signature])
  return call(contracts, 'proveEquivocation', args)
}

/** A signed opening of another row than was revealed. */
export function falseOpeningCall(contracts: Contracts, { statement, signature }: SignedOpening): AnyCall {
  return call(contracts, 'proveFalseOpening', [onChain(statement), signature])
}

function onChain(statement: OpeningStatement) {
  return { ...statement, epoch: BigInt(statement.epoch) }
}

function call({ disputes }: Contracts, functionName: string, args: readonly unknown[]): AnyCall {
  return { address: disputes, abi: disputesAbi, functionName, args }
}
