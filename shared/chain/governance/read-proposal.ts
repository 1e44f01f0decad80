import { type Address, type Hex, keccak256, toHex } from 'viem'
import { SubnetError } from '../../errors.ts'
import { paramsAbi, subnetGovernorAbi } from '../abi.ts'
import { askChain, revertedWith } from '../ask-chain.ts'
import type { ChainContext } from '../connect.ts'
import { readPages } from '../read-pages.ts'
import type { Action } from './action.ts'
import { type ProposalState, proposalStateAt } from './proposal-state.ts'

export interface Proposal {
  readonly id: bigint
  readonly state: ProposalState
  readonly proposer: Address
  /** As the proposer wrote it: a stranger's text. */
  readonly description: string
  readonly actions: readonly Action[]
  readonly descriptionHash: Hex
  /** Votes count as held at the end of this block; voting is open from the next one … */
  readonly snapshot: bigint
  /** … to this one. */
  readonly deadline: bigint
  /** Votes, in token units. */
  readonly votes: { readonly for: bigint; readonly against: bigint; readonly abstain: bigint }
  /** For and abstain together must reach it. */
  readonly quorum: bigint
  /** Unix seconds from which it may be executed; null unless queued. */
  readonly executableAt: bigint | null
  /** Set once it was executed, where it set rules. */
  readonly rulesFromEpoch: number | null
}

/** @throws SubnetError PROPOSAL_UNKNOWN */
export async function readProposal(chain: ChainContext, id: bigint): Promise<Proposal> {
  const governor = { address: chain.deployment.contracts.governor, abi: subnetGovernorAbi } as const
  const { publicClient } = chain
  const args = [id] as const
  const [details, stateIndex, snapshot, deadline, tally, eta] = await askChain(`read proposal ${id}`, () =>
    Promise.all([
      publicClient.readContract({ ...governor, functionName: 'proposalDetails', args }),
      publicClient.readContract({ ...governor, functionName: 'state', args }),
      publicClient.readContract({ ...governor, functionName: 'proposalSnapshot', args }),
      publicClient.readContract({ ...governor, functionName: 'proposalDeadline', args }),
      publicClient.readContract({ ...governor, functionName: 'proposalVotes', args }),
      publicClient.readContract({ ...governor, functionName: 'proposalEta', args }),
    ]),
  ).catch((error) => {
    if (revertedWith(error) !== 'GovernorNonexistentProposal') throw error
    throw new SubnetError(
      'PROPOSAL_UNKNOWN',
      `there is no proposal ${id} on this subnet; see: rollproof govern list`,
      { details: { id } },
    )
  })
  const [targets, values, calldatas, descriptionHash] = details
  const [against, forIt, abstain] = tally
  const state = proposalStateAt(stateIndex)
  const { proposer, description } = await readCreation(chain, id, snapshot, descriptionHash)
  return {
    id,
    state,
    proposer,
    description,
    actions: targets.map((target, i) => ({ target, value: values[i], data: calldatas[i] })),
    descriptionHash,
    snapshot,
    deadline,
    votes: { for: forIt, against, abstain },
    quorum: await readQuorum(chain, state, snapshot),
    executableAt: state === 'queued' ? eta : null,
    rulesFromEpoch: state === 'executed' ? await readRulesFromEpoch(chain, id, deadline) : null,
  }
}

/** The description is in the event only. It lies `votingDelay` before the snapshot, unless that was changed since. */
async function readCreation(chain: ChainContext, id: bigint, snapshot: bigint, descriptionHash: Hex) {
  const governor = { address: chain.deployment.contracts.governor, abi: subnetGovernorAbi } as const
  return askChain(`look for proposal ${id}`, async () => {
    const proposer = await chain.publicClient.readContract({
      ...governor,
      functionName: 'proposalProposer',
      args: [id],
    })
    const delay = await chain.publicClient.readContract({ ...governor, functionName: 'votingDelay' })
    const start = BigInt(chain.deployment.startBlock)
    for (const fromBlock of [snapshot > start + delay ? snapshot - delay : start, 0n]) {
      const events = await readPages(chain, { fromBlock, toBlock: snapshot }, (page) =>
        chain.publicClient.getContractEvents({
          ...governor,
          ...page,
          eventName: 'ProposalCreated',
          strict: true,
        }),
      )
      const created = events.find(({ args }) => args.proposalId === id)
      const description = created?.args.description
      if (description !== undefined && keccak256(toHex(description)) === descriptionHash) {
        return { proposer, description }
      }
    }
    throw new SubnetError(
      'CHAIN_INCONSISTENT',
      `the endpoint shows proposal ${id}, but no event of it: it keeps too little of the past. Use another one.`,
      { retryable: true, details: { id } },
    )
  })
}

/** What is needed is fixed by the supply at the snapshot; before that, by the last block's. */
async function readQuorum(chain: ChainContext, state: ProposalState, snapshot: bigint): Promise<bigint> {
  const { publicClient, deployment } = chain
  return askChain('read the quorum', async () => {
    const head = await publicClient.getBlockNumber({ cacheTime: 0 })
    const past = snapshot < head ? snapshot : head - 1n
    return publicClient.readContract({
      address: deployment.contracts.governor,
      abi: subnetGovernorAbi,
      functionName: 'quorum',
      args: [state === 'pending' ? head - 1n : past],
    })
  })
}

async function readRulesFromEpoch(chain: ChainContext, id: bigint, deadline: bigint): Promise<number | null> {
  const { publicClient, deployment } = chain
  return askChain(`look for the execution of proposal ${id}`, async () => {
    const [executed, set] = await Promise.all([
      readPages(chain, { fromBlock: deadline }, (page) =>
        publicClient.getContractEvents({
          address: deployment.contracts.governor,
          abi: subnetGovernorAbi,
          eventName: 'ProposalExecuted',
          ...page,
          strict: true,
        }),
      ),
      readPages(chain, { fromBlock: deadline }, (page) =>
        publicClient.getContractEvents({
          address: deployment.contracts.params,
          abi: paramsAbi,
          eventName: 'RulesSet',
          ...page,
          strict: true,
        }),
      ),
    ])
    const hash = executed.find(({ args }) => args.proposalId === id)?.transactionHash
    const rules = set.find(({ transactionHash }) => transactionHash === hash)
    return rules ? Number(rules.args.fromEpoch) : null
  })
}
