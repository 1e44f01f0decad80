import { SubnetError } from '../../errors.ts'

/** `IGovernor.ProposalState`, which counts them in this order. */
const states = [
  'pending',
  'active',
  'canceled',
  'defeated',
  'succeeded',
  'queued',
  'expired',
  'executed',
] as const

export type ProposalState = (typeof states)[number]

/** @throws SubnetError CHAIN_MALFORMED */
export function proposalStateAt(index: number): ProposalState {
  const state = states[index]
  if (state) return state
  throw new SubnetError(
    'CHAIN_MALFORMED',
    `the endpoint answered with proposal state ${index}, which no proposal has. Use another endpoint.`,
  )
}
