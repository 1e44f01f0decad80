import { rewardVaultAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import { payoutProof, payoutTree } from './payout-tree.ts'
import { readSettlements } from './read-settlements.ts'
import { readUnclaimed } from './read-unclaimed.ts'
import { type Role, roleIndex } from './role.ts'
import { type AnyCall, sendTransaction } from './send-transaction.ts'

/** What one transaction pays to an identity's owner. */
export interface ClaimedRewards {
  readonly epochs: readonly number[]
  /** Token units. */
  readonly amount: bigint
}

/** Claims what the given epochs owe to an identity, in one transaction; null when they owe nothing. */
export async function claimRewards(
  chain: ChainContext,
  role: Role,
  uid: number,
  epochs: readonly number[],
): Promise<ClaimedRewards | null> {
  const claim = await claimCall(chain, role, uid, epochs)
  if (!claim) return null
  const { call, ...claimed } = claim
  const of = `${role} ${uid}: ${claimed.epochs.join(', ')}`
  await sendTransaction(chain, call, { kind: 'claim rewards', of })
  return claimed
}

/** What `claimRewards` sends; anyone may send it, and the owner is paid. */
export async function claimCall(
  chain: ChainContext,
  role: Role,
  uid: number,
  epochs: readonly number[],
): Promise<(ClaimedRewards & { readonly call: AnyCall }) | null> {
  const open = await readUnclaimed(chain, role, uid, epochs)
  const settlements = await readSettlements(chain, open)
  const claims = settlements.flatMap(({ epoch, payouts }) => {
    const index = payouts.findIndex((payout) => payout.role === role && payout.uid === uid)
    if (index < 0) return []
    const proof = payoutProof(payoutTree(epoch, payouts), index)
    return [{ epoch: BigInt(epoch), role: roleIndex(role), uid, amount: payouts[index].amount, proof }]
  })
  if (claims.length === 0) return null
  return {
    epochs: claims.map(({ epoch }) => Number(epoch)),
    amount: claims.reduce((sum, { amount }) => sum + amount, 0n),
    call: {
      address: chain.deployment.contracts.rewardVault,
      abi: rewardVaultAbi,
      functionName: 'claimMany',
      args: [claims],
    },
  }
}
