import type { Address } from 'viem'
import { SubnetError } from '../../errors.ts'
import { subnetGovernorAbi, subnetTokenAbi } from '../abi.ts'
import { askChain } from '../ask-chain.ts'
import type { ChainContext } from '../connect.ts'
import type { AnyCall } from '../send-transaction.ts'
import type { Action } from './action.ts'
import type { ProposalState } from './proposal-state.ts'
import type { Proposal } from './read-proposal.ts'
import { readVoter } from './read-voter.ts'

/** `GovernorCountingSimple.VoteType`. */
const supports = { against: 0, for: 1, abstain: 2 } as const
export type Support = keyof typeof supports

/** Tokens count as votes only once delegated, also to oneself. */
export function delegateCall({ deployment }: ChainContext, to: Address): AnyCall {
  return {
    address: deployment.contracts.token,
    abi: subnetTokenAbi,
    functionName: 'delegate',
    args: [to],
  }
}

/**
 * @throws SubnetError VOTES_NOT_DELEGATED, VOTES_TOO_FEW, CONFIG_INVALID for nothing to do; CHAIN_REVERTED names
 *   what would stop the proposal if it were executed now
 */
export async function proposeCall(
  chain: ChainContext,
  proposer: Address,
  actions: readonly Action[],
  description: string,
): Promise<AnyCall> {
  if (actions.length === 0) {
    throw new SubnetError(
      'CONFIG_INVALID',
      'a proposal without a change; see rollproof govern propose --help',
    )
  }
  const { balance, delegate, votes, proposalThreshold } = await readVoter(chain, proposer)
  if (votes < proposalThreshold && delegate === null && balance >= proposalThreshold) {
    throw notDelegated(`${proposer} holds ${balance} token units that vote through nobody`)
  }
  if (votes < proposalThreshold) {
    throw new SubnetError(
      'VOTES_TOO_FEW',
      `a proposal needs ${proposalThreshold} votes, and ${proposer} has ${votes}. Ask other holders to delegate to it.`,
      { details: { votes, proposalThreshold } },
    )
  }
  await requireExecutable(chain, actions)
  return {
    address: chain.deployment.contracts.governor,
    abi: subnetGovernorAbi,
    functionName: 'propose',
    args: [
      actions.map(({ target }) => target),
      actions.map(({ value }) => value),
      actions.map(({ data }) => data),
      description,
    ],
  }
}

/** @throws SubnetError PROPOSAL_NOT_READY, VOTED_ALREADY, VOTES_NOT_DELEGATED */
export async function voteCall(
  chain: ChainContext,
  voter: Address,
  { id, state, snapshot, deadline }: Proposal,
  support: Support,
  reason: string,
): Promise<AnyCall> {
  const open = `voting is open after block ${snapshot} up to block ${deadline}`
  if (state !== 'active') throw notReady('voted on', id, state, open, state === 'pending')
  const { publicClient, deployment } = chain
  const governor = { address: deployment.contracts.governor, abi: subnetGovernorAbi } as const
  const [voted, weight] = await askChain('read what the vote weighs', () =>
    Promise.all([
      publicClient.readContract({ ...governor, functionName: 'hasVoted', args: [id, voter] }),
      publicClient.readContract({ ...governor, functionName: 'getVotes', args: [voter, snapshot] }),
    ]),
  )
  if (voted) {
    throw new SubnetError('VOTED_ALREADY', `${voter} has voted on proposal ${id}; a vote cannot be changed`)
  }
  if (weight === 0n) throw notDelegated(`${voter} had no votes at block ${snapshot}`)
  return { ...governor, functionName: 'castVoteWithReason', args: [id, supports[support], reason] }
}

/** @throws SubnetError PROPOSAL_NOT_READY */
export function queueCall({ deployment }: ChainContext, { id, state, deadline }: Proposal): AnyCall {
  const early = state === 'pending' || state === 'active'
  if (state !== 'succeeded') throw notReady('queued', id, state, `its vote ends at block ${deadline}`, early)
  return {
    address: deployment.contracts.governor,
    abi: subnetGovernorAbi,
    functionName: 'queue',
    args: [id],
  }
}

/** @throws SubnetError PROPOSAL_NOT_READY */
export async function executeCall(chain: ChainContext, proposal: Proposal): Promise<AnyCall> {
  const { id, state, executableAt } = proposal
  if (executableAt === null) throw notReady('executed', id, state, 'it must be queued first', false)
  const { timestamp } = await askChain('read the head', () => chain.publicClient.getBlock())
  if (timestamp < executableAt) {
    const left = `the timelock opens in ${executableAt - timestamp} seconds`
    throw notReady('executed', id, state, left, true)
  }
  return {
    address: chain.deployment.contracts.governor,
    abi: subnetGovernorAbi,
    functionName: 'execute',
    args: [id],
  }
}

/** Tries every action as the timelock would, each on its own: what a vote can never do is refused before it. */
async function requireExecutable({ publicClient, deployment }: ChainContext, actions: readonly Action[]) {
  const { timelock, policyRegistry } = deployment.contracts
  for (const { target, value, data } of actions) {
    // Works only within the proposal, where the timelock is learner for one call.
    if (target === policyRegistry) continue
    await askChain('execute the proposal', () =>
      publicClient.call({ account: timelock, to: target, value, data }),
    )
  }
}

function notDelegated(why: string): SubnetError {
  return new SubnetError(
    'VOTES_NOT_DELEGATED',
    `${why}. Tokens count once they are delegated, also to oneself: rollproof govern delegate. It counts for proposals made later.`,
  )
}

function notReady(act: string, id: bigint, state: ProposalState, why: string, retryable: boolean) {
  return new SubnetError('PROPOSAL_NOT_READY', `proposal ${id} is ${state} and cannot be ${act}: ${why}`, {
    retryable,
    details: { id, state },
  })
}
