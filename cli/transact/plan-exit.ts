import type { ChainContext } from '../../shared/chain/connect.ts'
import type { Identity } from '../../shared/chain/read-entity.ts'
import type { AnyCall } from '../../shared/chain/send-transaction.ts'
import { requestUnstakeCall, withdrawCall } from '../../shared/chain/stake-calls.ts'

/** The next step out that is possible at `block`, if any. */
export function leaveCalls(chain: ChainContext, identity: Identity, block: bigint): AnyCall[] {
  const { standing, exitAt } = identity
  if (standing === 'active') return [requestUnstakeCall(chain, identity)]
  if (standing === 'exiting' && exitAt !== null && block >= exitAt) return [withdrawCall(chain, identity)]
  return []
}
