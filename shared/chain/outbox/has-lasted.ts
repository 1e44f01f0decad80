import type { Address } from 'viem'
import type { ChainContext } from '../connect.ts'
import type { Intent } from './delivery.ts'

/** Whether what was sent for this lies too deep to vanish; without an outbox, a block is all there is to ask for. */
export function hasLasted(
  { outbox }: ChainContext,
  contract: Address,
  intent: Pick<Intent, 'kind' | 'of'>,
): boolean {
  return outbox?.hasLasted(contract, intent) ?? true
}
