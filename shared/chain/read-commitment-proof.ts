import { encodeAbiParameters, type Hex, keccak256, numberToHex, slice, zeroHash } from 'viem'
import { SubnetError } from '../errors.ts'
import { rolloutLogAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

interface ChainedCommitment {
  readonly window: bigint
  readonly root: Hex
  readonly groups: number
  readonly rollouts: number
}

/** Shows a contract that a miner committed the first of these: what comes before it is in one digest. */
export interface CommitmentProof {
  readonly minerUid: number
  readonly chainBefore: Hex
  readonly commitments: readonly ChainedCommitment[]
}

/**
 * From the events of all commitments that the miner ever made.
 * @throws SubnetError NOT_COMMITTED
 */
export async function readCommitmentProof(
  { publicClient, deployment }: ChainContext,
  window: number,
  minerUid: number,
): Promise<CommitmentProof> {
  const events = await askChain(`read the commitments of miner ${minerUid}`, () =>
    publicClient.getContractEvents({
      address: deployment.contracts.rolloutLog,
      abi: rolloutLogAbi,
      eventName: 'RootCommitted',
      args: { minerUid },
      fromBlock: BigInt(deployment.startBlock),
      strict: true,
    }),
  )
  const all = events.map(({ args }) => args)
  const from = all.findIndex((commitment) => commitment.window === BigInt(window))
  if (from < 0) {
    throw new SubnetError('NOT_COMMITTED', `miner ${minerUid} committed nothing to window ${window}`, {
      details: { window, miner: minerUid },
    })
  }
  return {
    minerUid,
    chainBefore: all.slice(0, from).reduce(chainCommitment, zeroHash as Hex),
    commitments: all
      .slice(from)
      .map(({ window, root, groups, rollouts }) => ({ window, root, groups, rollouts })),
  }
}

const chained = [
  { type: 'bytes32' },
  { type: 'uint64' },
  { type: 'bytes32' },
  { type: 'uint32' },
  { type: 'uint32' },
] as const

/** `RolloutLog.commitmentChain` after one more commitment. */
function chainCommitment(chain: Hex, { window, root, groups, rollouts }: ChainedCommitment): Hex {
  const digest = keccak256(encodeAbiParameters(chained, [chain, window, root, groups, rollouts]))
  return `${slice(digest, 0, 24)}${numberToHex(window + 1n, { size: 8 }).slice(2)}`
}
