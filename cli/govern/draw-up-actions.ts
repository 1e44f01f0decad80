import { type Address, keccak256, parseUnits, toHex, zeroHash } from 'viem'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import type { Action } from '../../shared/chain/governance/action.ts'
import {
  grantLearnerAction,
  payAction,
  publishActions,
  revokeLearnerAction,
  setRulesAction,
} from '../../shared/chain/governance/draw-up.ts'
import { readLatestRules } from '../../shared/chain/governance/read-latest-rules.ts'
import { withChanges } from '../../shared/chain/governance/rule-changes.ts'
import { SubnetError } from '../../shared/errors.ts'
import { readChanges } from './read-changes.ts'

export interface Wishes {
  readonly set: readonly string[]
  readonly grantLearner: readonly Address[]
  readonly revokeLearner: readonly Address[]
  /** Payments as ADDRESS=TOKENS. */
  readonly pay: readonly string[]
  readonly checkpoint: string | undefined
  readonly window: number | undefined
  readonly uri: string | undefined
}

/** From what an operator wishes to the calls that the timelock has to make. */
export async function drawUpActions(chain: ChainContext, wishes: Wishes): Promise<Action[]> {
  const { contracts } = chain.deployment
  const actions: Action[] = []
  if (wishes.set.length > 0) {
    actions.push(
      setRulesAction(contracts, withChanges(await readLatestRules(chain), readChanges(wishes.set))),
    )
  }
  for (const account of wishes.grantLearner) actions.push(grantLearnerAction(contracts, account))
  for (const account of wishes.revokeLearner) actions.push(revokeLearnerAction(contracts, account))
  for (const payment of wishes.pay) {
    const [to, tokens] = payment.split('=', 2) as [Address, string]
    actions.push(payAction(contracts, to, parseUnits(tokens, 18)))
  }
  actions.push(...(await drawUpPolicy(chain, wishes)))
  return actions
}

async function drawUpPolicy(chain: ChainContext, { checkpoint, window, uri }: Wishes): Promise<Action[]> {
  if (checkpoint === undefined && window === undefined && uri === undefined) return []
  if (checkpoint === undefined || window === undefined || uri === undefined) {
    throw new SubnetError('CONFIG_INVALID', '--checkpoint, --window and --uri go together')
  }
  const { manifest, manifestHash } = await readCheckpoint(checkpoint)
  return publishActions(chain.deployment.contracts, {
    manifestHash,
    parent: manifest.parent ?? zeroHash,
    // What a vote chooses, nobody has to take again.
    recordHash: zeroHash,
    environmentId: keccak256(toHex(manifest.environment.id)),
    environmentHash: manifest.environment.parametersHash,
    activationWindow: window,
    uri,
  })
}
