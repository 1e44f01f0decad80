import { type Address, encodeAbiParameters, type Hex, keccak256, numberToHex, slice, zeroHash } from 'viem'
import { SubnetError } from '../errors.ts'
import { rolloutLogAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readCommitment } from './read-commitments.ts'
import { readPages } from './read-pages.ts'

interface ChainedCommitment {
  readonly window: bigint
  readonly root: Hex
  readonly groups: number
  readonly blockNumber: bigint
}

/** Shows a contract that a hot key committed the first of these: what comes before it is in one digest. */
export interface CommitmentProof {
  readonly hotKey: Address
  readonly chainBefore: Hex
  readonly commitments: readonly ChainedCommitment[]
}

/**
 * Of a commitment that counts, from the events of all that its hot key ever put on the log, whomever that served.
 * @throws SubnetError NOT_COMMITTED
 */
export async function readCommitmentProof(
  chain: ChainContext,
  window: number,
  minerUid: number,
): Promise<CommitmentProof> {
  const { publicClient, deployment } = chain
  const commitment = await readCommitment(chain, window, minerUid)
  if (!commitment) throw notCommitted(window, minerUid)
  const hotKey = commitment.miner
  const events = await askChain(`read the commitments of miner ${minerUid}`, () =>
    readPages(chain, { fromBlock: BigInt(deployment.startBlock) }, (page) =>
      publicClient.getContractEvents({
        address: deployment.contracts.rolloutLog,
        abi: rolloutLogAbi,
        eventName: 'RootCommitted',
        args: { hotKey },
        ...page,
        strict: true,
      }),
    ),
  )
  const all = events.map(({ args: { window, root, groups }, blockNumber }) => {
    return { window, root, groups, blockNumber }
  })
  const from = all.findIndex((logged) => logged.window === BigInt(window))
  if (from < 0) throw notCommitted(window, minerUid)
  return {
    hotKey,
    chainBefore: all.slice(0, from).reduce(chainCommitment, zeroHash as Hex),
    commitments: all.slice(from),
  }
}

function notCommitted(window: number, miner: number): SubnetError {
  return new SubnetError('NOT_COMMITTED', `miner ${miner} committed nothing to window ${window}`, {
    details: { window, miner },
  })
}

const chained = [
  { type: 'bytes32' },
  { type: 'uint64' },
  { type: 'bytes32' },
  { type: 'uint32' },
  { type: 'uint256' },
] as const

/** `RolloutLog.commitmentChain` after one more commitment. */
function chainCommitment(chain: Hex, { window, root, groups, blockNumber }: ChainedCommitment): Hex {
  const digest = keccak256(encodeAbiParameters(chained, [chain, window, root, groups, blockNumber]))
  return `${slice(digest, 0, 24)}${numberToHex(window + 1n, { size: 8 }).slice(2)}`
}
