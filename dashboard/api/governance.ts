import { askChain } from '../../shared/chain/ask-chain.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import type { Action } from '../../shared/chain/governance/action.ts'
import { type Proposal, readProposal } from '../../shared/chain/governance/read-proposal.ts'
import { readProposalIds } from '../../shared/chain/governance/read-proposal-ids.ts'
import type { RuleChange, RuleName } from '../../shared/chain/governance/rule-changes.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Governance, ProposalPreview, ProposalRow } from '../views.ts'
import { wholeTokens } from './tokens.ts'

/** What is asked of those who can read a proposal's calls and replay epochs under it. */
export interface GovernanceReaders {
  describe(actions: readonly Action[]): Promise<readonly DescribedCall[]>
  /** @param set changes as RULE=VALUE */
  preview(set: readonly string[]): Promise<ReplayedChange>
}

export interface DescribedCall {
  readonly call: { readonly contract: string; readonly functionName: string } | null
  readonly changes: readonly RuleChange[] | null
}

export interface ReplayedChange {
  readonly epochs: { readonly first: number; readonly count: number }
  readonly gains: readonly {
    readonly role: string
    readonly uid: number
    readonly before: bigint
    readonly after: bigint
  }[]
  readonly voided: { readonly before: number; readonly after: number }
  readonly unknown: readonly { readonly rule: RuleName; readonly why: string }[]
}

/** Newest proposals that are shown. */
const shownProposals = 12
const longestDescription = 2000

export async function readGovernance(chain: ChainContext, readers: GovernanceReaders): Promise<Governance> {
  const ids = await readProposalIds(chain, shownProposals)
  const head = await askChain('read the head', () => chain.publicClient.getBlock())
  const proposals = await Promise.all(
    ids.map(async (id) => {
      const proposal = await readProposal(chain, id)
      const calls = await readers.describe(proposal.actions)
      const changes = calls.flatMap((call) => call.changes ?? [])
      return proposalRow(proposal, calls, head, await tryPreview(readers, changes))
    }),
  )
  return { proposals }
}

type Tried = { readonly preview: ProposalPreview | null; readonly noPreview: string | null }

/** A proposal of the past may set what is set already, and a network that is young has nothing to replay. */
async function tryPreview(readers: GovernanceReaders, changes: readonly RuleChange[]): Promise<Tried> {
  if (changes.length === 0) return { preview: null, noPreview: null }
  try {
    const replayed = await readers.preview(changes.map(({ rule, to }) => `${rule}=${to}`))
    return { preview: previewOf(replayed), noPreview: null }
  } catch (error) {
    if (!(error instanceof SubnetError)) throw error
    return { preview: null, noPreview: error.message }
  }
}

function previewOf({ epochs, gains, voided, unknown }: ReplayedChange): ProposalPreview {
  return {
    epochs: { first: epochs.first, last: epochs.first + epochs.count - 1 },
    gains: gains.map(({ role, uid, before, after }) => {
      return { role, uid, before: wholeTokens(before), after: wholeTokens(after) }
    }),
    voided,
    unknown,
  }
}

function proposalRow(
  proposal: Proposal,
  calls: readonly DescribedCall[],
  head: { readonly number: bigint; readonly timestamp: bigint },
  tried: Tried,
): ProposalRow {
  const { id, state, proposer, description, votes, quorum } = proposal
  return {
    ...{ id: String(id), state, proposer, description: description.slice(0, longestDescription) },
    actions: calls.flatMap(({ call, changes }) => (changes ? [] : [nameOf(call)])),
    changes: calls
      .flatMap(({ changes }) => changes ?? [])
      .map(({ rule, from, to }) => ({ rule, from: String(from), to: String(to) })),
    left: leftOf(proposal, head),
    votes: {
      for: wholeTokens(votes.for),
      against: wholeTokens(votes.against),
      abstain: wholeTokens(votes.abstain),
    },
    quorum: wholeTokens(quorum),
    ...tried,
  }
}

function leftOf(
  { state, snapshot, deadline, executableAt }: Proposal,
  { number, timestamp }: { readonly number: bigint; readonly timestamp: bigint },
): ProposalRow['left'] {
  if (state === 'pending') return { count: Number(snapshot + 1n - number), unit: 'blocks' }
  if (state === 'active') return { count: Number(deadline + 1n - number), unit: 'blocks' }
  if (executableAt === null) return null
  return { count: Math.max(0, Number(executableAt - timestamp)), unit: 'seconds' }
}

function nameOf(call: DescribedCall['call']): string {
  return call ? `${call.contract}.${call.functionName}` : 'a call of a contract that is not the subnet’s'
}
