import type { ChainContext } from '../../shared/chain/connect.ts'
import type { Action } from '../../shared/chain/governance/action.ts'
import { type DecodedAction, decodeAction } from '../../shared/chain/governance/action.ts'
import { readRulesTuple } from '../../shared/chain/governance/read-latest-rules.ts'
import {
  type ChainRulesTuple,
  differencesOf,
  type RuleChange,
} from '../../shared/chain/governance/rule-changes.ts'

/** What one action of a proposal does, as far as the subnet's own contracts can say. */
export interface DescribedAction {
  readonly action: Action
  /** Null where the call is to a stranger's contract: only its bytes are known. */
  readonly call: Pick<DecodedAction, 'contract' | 'functionName' | 'args'> | null
  /** Old and new values, where it sets rules; against the rules that it was drawn up for. */
  readonly changes: readonly RuleChange[] | null
}

export function describeActions(chain: ChainContext, actions: readonly Action[]): Promise<DescribedAction[]> {
  return Promise.all(
    actions.map(async (action) => {
      const decoded = decodeAction(chain.deployment.contracts, action)
      if (!decoded) return { action, call: null, changes: null }
      const { contract, functionName, args } = decoded
      const call = { contract, functionName, args }
      if (contract !== 'params' || functionName !== 'setRules') return { action, call, changes: null }
      const after = args[0] as ChainRulesTuple
      const before = await readRulesTuple(chain, after.fromEpoch)
      return { action, call, changes: differencesOf(before, after) }
    }),
  )
}
