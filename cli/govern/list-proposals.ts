import { readProposal } from '../../shared/chain/governance/read-proposal.ts'
import { readProposalIds } from '../../shared/chain/governance/read-proposal-ids.ts'
import { toJson } from '../observer/to-json.ts'
import { describeActions } from './describe-actions.ts'
import { openGovernance, readHead } from './open-governance.ts'
import { renderSummary } from './render-proposal.ts'

export async function listProposals(values: {
  readonly deployment: string
  readonly rpc: string
  readonly json: boolean
  readonly last: number
}): Promise<void> {
  const chain = await openGovernance(values)
  const ids = await readProposalIds(chain, values.last)
  const head = await readHead(chain)
  const proposals = await Promise.all(
    ids.map(async (id) => {
      const proposal = await readProposal(chain, id)
      return { ...proposal, actions: await describeActions(chain, proposal.actions), proposal }
    }),
  )
  if (values.json) console.log(toJson(proposals.map(({ proposal: _, ...rest }) => rest)))
  else if (proposals.length === 0) console.log('no proposals yet')
  else for (const { proposal, actions } of proposals) console.log(renderSummary(proposal, actions, head))
}
