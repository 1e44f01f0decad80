import type { Address } from 'viem'
import type { ChainContext } from '../../shared/chain/connect.ts'
import {
  delegateCall,
  executeCall,
  proposeCall,
  queueCall,
  type Support,
  voteCall,
} from '../../shared/chain/governance/calls.ts'
import { proposalId } from '../../shared/chain/governance/proposal-id.ts'
import { readProposal } from '../../shared/chain/governance/read-proposal.ts'
import { readVoter } from '../../shared/chain/governance/read-voter.ts'
import type { AnyCall } from '../../shared/chain/send-transaction.ts'
import { SubnetError } from '../../shared/errors.ts'
import { toJson } from '../observer/to-json.ts'
import { describeActions } from './describe-actions.ts'
import { drawUpActions, type Wishes } from './draw-up-actions.ts'
import { openGovernance, readHead, sendOrTry, signerAddress } from './open-governance.ts'
import { parseProposalId } from './parse-proposal-id.ts'
import { renderAction, renderState } from './render-proposal.ts'

interface ActValues {
  readonly deployment: string
  readonly rpc: string
  readonly key: string
  readonly passwordFile: string | undefined
  readonly json: boolean
  readonly dryRun: boolean
}

export async function propose(values: ActValues & Wishes & { readonly description: string }): Promise<void> {
  const chain = await openGovernance(values)
  const actions = await drawUpActions(chain, values)
  const call = await proposeCall(chain, signerAddress(chain), actions, values.description)
  const described = await describeActions(chain, actions)
  const id = proposalId(actions, values.description)
  if (!values.json) {
    const lines = described.flatMap((action) => renderAction(action, 'from the epoch after its execution'))
    console.log([`proposal ${id}`, ...lines].join('\n  '))
  }
  const sent = await sendOrTry(chain, call, values.dryRun)
  if (sent) return report(chain, id, values.json)
  reportTried(call, values.json, { id, actions: described })
}

export async function vote(
  values: ActValues & { readonly reason: string },
  given: string,
  support: string,
): Promise<void> {
  const id = parseProposalId(given)
  if (!isSupport(support)) {
    throw new SubnetError('CONFIG_INVALID', `${support}: vote for, against or abstain`)
  }
  await act(values, id, async (chain) =>
    voteCall(chain, signerAddress(chain), await readProposal(chain, id), support, values.reason),
  )
}

export async function queue(values: ActValues, given: string): Promise<void> {
  const id = parseProposalId(given)
  await act(values, id, async (chain) => queueCall(chain, await readProposal(chain, id)))
}

export async function execute(values: ActValues, given: string): Promise<void> {
  const id = parseProposalId(given)
  await act(values, id, async (chain) => executeCall(chain, await readProposal(chain, id)))
}

export async function delegate(values: ActValues & { readonly to: Address | undefined }): Promise<void> {
  const chain = await openGovernance(values)
  const account = signerAddress(chain)
  const call = delegateCall(chain, values.to ?? account)
  const sent = await sendOrTry(chain, call, values.dryRun)
  if (!sent) return reportTried(call, values.json, {})
  const voter = await readVoter(chain, account)
  if (values.json) console.log(toJson(voter))
  else console.log(`${account} votes through ${voter.delegate}, with ${voter.balance} token units`)
}

async function act(values: ActValues, id: bigint, prepare: (chain: ChainContext) => Promise<AnyCall>) {
  const chain = await openGovernance(values)
  const call = await prepare(chain)
  const sent = await sendOrTry(chain, call, values.dryRun)
  if (sent) return report(chain, id, values.json)
  reportTried(call, values.json, { id })
}

async function report(chain: ChainContext, id: bigint, json: boolean): Promise<void> {
  const [proposal, head] = await Promise.all([readProposal(chain, id), readHead(chain)])
  if (json) console.log(toJson(proposal))
  else console.log(`proposal ${id} is ${renderState(proposal, head)}`)
}

function reportTried({ address, functionName, args }: AnyCall, json: boolean, about: object): void {
  if (json) console.log(toJson({ ...about, dryRun: true, to: address, functionName, args }))
  else console.log(`tried, not sent: ${functionName} of ${address}`)
}

function isSupport(text: string): text is Support {
  return text === 'for' || text === 'against' || text === 'abstain'
}
