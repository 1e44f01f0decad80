import { claimCall } from '../../shared/chain/claim-rewards.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import type { Identity } from '../../shared/chain/read-entity.ts'
import { readNextEpoch } from '../../shared/chain/read-next-epoch.ts'
import type { AnyCall } from '../../shared/chain/send-transaction.ts'

/** Each claim costs some 70,000 gas with its proof: well below any block's limit. */
const mostAtOnce = 32

export interface OwedRewards {
  readonly epochs: readonly number[]
  /** Token units. */
  readonly amount: bigint
  readonly calls: readonly AnyCall[]
}

/** Everything that settled epochs owe to an identity, and what claims it. @param from first epoch to look at */
export async function planClaims(
  chain: ChainContext,
  { role, uid }: Pick<Identity, 'role' | 'uid'>,
  from: number,
): Promise<OwedRewards> {
  const settled = await readNextEpoch(chain)
  const epochs = Array.from({ length: Math.max(0, settled - from) }, (_, i) => from + i)
  const parts = Array.from({ length: Math.ceil(epochs.length / mostAtOnce) }, (_, i) =>
    epochs.slice(i * mostAtOnce, (i + 1) * mostAtOnce),
  )
  const claims = []
  for (const part of parts) {
    const claim = await claimCall(chain, role, uid, part)
    if (claim) claims.push(claim)
  }
  return {
    epochs: claims.flatMap((claim) => claim.epochs),
    amount: claims.reduce((sum, { amount }) => sum + amount, 0n),
    calls: claims.map(({ call }) => call),
  }
}
