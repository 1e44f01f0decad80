import { readProposal } from '../../shared/chain/governance/read-proposal.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { epochOf, windowAt } from '../../shared/protocol/schedule.ts'
import { toJson } from '../observer/to-json.ts'
import { describeActions } from './describe-actions.ts'
import { openGovernance, readHead } from './open-governance.ts'
import { parseProposalId } from './parse-proposal-id.ts'
import { renderProposal } from './render-proposal.ts'

export async function showProposal(
  values: { readonly deployment: string; readonly rpc: string; readonly json: boolean },
  given: string,
): Promise<void> {
  const id = parseProposalId(given)
  const chain = await openGovernance(values)
  const [proposal, head, schedule] = await Promise.all([
    readProposal(chain, id),
    readHead(chain),
    readSchedule(chain),
  ])
  const actions = await describeActions(chain, proposal.actions)
  const soonest = proposal.deadline > head.block ? proposal.deadline + 1n : head.block
  const earliestEpoch = Math.max(0, epochOf(schedule, windowAt(schedule, soonest))) + 1
  if (values.json) console.log(toJson({ ...proposal, actions, head }))
  else console.log(renderProposal(proposal, actions, head, earliestEpoch))
}
