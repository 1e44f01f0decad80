import { formatUnits } from 'viem'
import type { Proposal } from '../../shared/chain/governance/read-proposal.ts'
import { quote } from '../quote.ts'
import type { DescribedAction } from './describe-actions.ts'

/** Where the chain stands: what "left" is counted from. */
export interface Head {
  readonly block: bigint
  /** Unix seconds. */
  readonly timestamp: bigint
}

/** @param earliestEpoch first epoch that the rules can apply to, where they are not set yet */
export function renderProposal(
  proposal: Proposal,
  actions: readonly DescribedAction[],
  head: Head,
  earliestEpoch: number,
): string {
  const { id, proposer, description, votes, quorum } = proposal
  const from =
    proposal.rulesFromEpoch === null
      ? `from epoch ${earliestEpoch} at the earliest`
      : `from epoch ${proposal.rulesFromEpoch}`
  return [
    `proposal ${id}`,
    `  ${renderState(proposal, head)}`,
    `  by ${proposer}: ${quote(description)}`,
    ...actions.flatMap((action) => renderAction(action, from)).map((line) => `  ${line}`),
    `  for ${tokens(votes.for)}, against ${tokens(votes.against)}, abstain ${tokens(votes.abstain)}; quorum ${tokens(quorum)}`,
  ].join('\n')
}

/** One line for a list. */
export function renderSummary(proposal: Proposal, actions: readonly DescribedAction[], head: Head): string {
  const what = actions.map(({ changes, call }) =>
    changes ? changes.map(({ rule, from, to }) => `${rule} ${from} → ${to}`).join(', ') : nameOf(call),
  )
  return `${proposal.id}\n  ${renderState(proposal, head)}: ${what.join('; ')}\n  ${quote(proposal.description.split('\n', 1)[0])}`
}

export function renderState(
  { state, snapshot, deadline, executableAt }: Proposal,
  { block, timestamp }: Head,
): string {
  if (state === 'pending') return `pending, voting opens in ${snapshot + 1n - block} blocks`
  if (state === 'active') return `active, voting ends in ${deadline + 1n - block} blocks`
  if (executableAt !== null) {
    const left = executableAt - timestamp
    return left > 0n ? `queued, executable in ${left} seconds` : 'queued, executable now'
  }
  return state
}

/** @param from when rules that it sets apply */
export function renderAction({ action, call, changes }: DescribedAction, from: string): string[] {
  if (changes?.length === 0) return ['params.setRules: changes nothing']
  if (changes) return changes.map(({ rule, from: old, to }) => `${rule} ${old} → ${to}, ${from}`)
  const value = action.value > 0n ? `, with ${action.value} of the chain's own currency` : ''
  if (!call) return [`a call of ${action.target}, which is no contract of the subnet: ${action.data}${value}`]
  const args = call.args.map((arg) =>
    typeof arg === 'string' && !arg.startsWith('0x') ? quote(arg) : String(arg),
  )
  return [`${nameOf(call)}(${args.join(', ')})${value}`]
}

function nameOf(call: DescribedAction['call']): string {
  return call ? `${call.contract}.${call.functionName}` : 'a call of another contract'
}

function tokens(amount: bigint): string {
  return formatUnits(amount, 18)
}
