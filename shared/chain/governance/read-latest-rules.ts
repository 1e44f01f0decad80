import { paramsAbi } from '../abi.ts'
import { askChain } from '../ask-chain.ts'
import type { ChainContext } from '../connect.ts'
import type { ChainRulesTuple } from './rule-changes.ts'

/** The rules as last set, which may be of a coming epoch: what a change is drawn up against. */
export async function readLatestRules(chain: ChainContext): Promise<ChainRulesTuple> {
  return askChain('read the latest rules', () =>
    chain.publicClient.readContract({
      address: chain.deployment.contracts.params,
      abi: paramsAbi,
      functionName: 'latestRules',
    }),
  )
}

export async function readRulesTuple(chain: ChainContext, epoch: bigint): Promise<ChainRulesTuple> {
  return askChain(`read the rules of epoch ${epoch}`, () =>
    chain.publicClient.readContract({
      address: chain.deployment.contracts.params,
      abi: paramsAbi,
      functionName: 'rulesAt',
      args: [epoch],
    }),
  )
}
