import type { Role } from '../../shared/chain/role.ts'
import type { History } from './history.ts'
import { shareOf, wholeTokens } from './tokens.ts'

/** What an identity was paid in the recent epochs. */
export interface Payments {
  /** Share of what its role was paid, by epoch, oldest first; null where the epoch paid nobody (yet). */
  readonly shares: readonly (number | null)[]
  /** The same over all of these epochs. */
  readonly share: number
  readonly earned: string
  readonly claimed: string
}

export function paymentsOf({ epochs, claims }: History, role: Role, uid: number): Payments {
  const byEpoch = epochs.map(({ settlement }) => {
    const payouts = (settlement?.payouts ?? []).filter((payout) => payout.role === role)
    return { own: sum(payouts.filter((payout) => payout.uid === uid)), all: sum(payouts) }
  })
  const own = byEpoch.reduce((all, epoch) => all + epoch.own, 0n)
  const all = byEpoch.reduce((sum, epoch) => sum + epoch.all, 0n)
  return {
    shares: byEpoch.map((epoch) => (epoch.all === 0n ? null : shareOf(epoch.own, epoch.all))),
    share: shareOf(own, all),
    earned: wholeTokens(own),
    claimed: wholeTokens(sum(claims.filter((claim) => claim.role === role && claim.uid === uid))),
  }
}

function sum(amounts: readonly { readonly amount: bigint }[]): bigint {
  return amounts.reduce((total, { amount }) => total + amount, 0n)
}
