import type { Delivery, DeliveryState, Found } from './delivery.ts'

/** What the chain shows of one delivery. */
export interface Sighting {
  readonly head: bigint
  /** Transactions of the key up to the head, and up to a block that is taken for lasting. */
  readonly used: number
  readonly usedForGood: number
  /** The head when the newest attempt was first offered, or when its block vanished. */
  readonly since: bigint
  /** The receipt of whichever attempt has one. */
  readonly found: Found | null
  /** Whether the endpoint still holds the newest attempt. */
  readonly known: boolean
}

export type Step =
  | { readonly do: 'wait' | 'offer' | 'raise' | 'cancel' }
  | { readonly do: 'note'; readonly state: DeliveryState; readonly found: Found | null }

/** An attempt that is in no block after so many is outbid by others. */
const patienceBlocks = 3n

/**
 * What to do next about a delivery that is not final yet. A block counts once `confirmations` blocks, its own
 * counted, stand on it; what vanishes before is offered again while its deadline allows.
 */
export function nextStep(delivery: Delivery, sighting: Sighting, confirmations: number): Step {
  const { head, found } = sighting
  if (found) {
    const lasts = head - found.block + 1n >= BigInt(confirmations)
    const state = lasts ? endOf(delivery, found) : 'included'
    const noted = state === delivery.state && isSame(found, delivery.found)
    return noted ? { do: 'wait' } : { do: 'note', state, found }
  }
  if (sighting.usedForGood > delivery.nonce) return { do: 'note', state: 'lost', found: null }
  if (delivery.state === 'included') return { do: 'note', state: 'pending', found: null }
  // Taken in a block that may vanish, or the receipt is not shown yet: only time tells which.
  if (sighting.used > delivery.nonce) return { do: 'wait' }
  const tooLate = delivery.deadline !== null && head + 1n >= delivery.deadline
  if (tooLate && delivery.state !== 'cancelling') return { do: 'cancel' }
  if (head - sighting.since >= patienceBlocks) return { do: 'raise' }
  return { do: sighting.known ? 'wait' : 'offer' }
}

function endOf({ attempts }: Delivery, { hash, success }: Found): DeliveryState {
  if (attempts.find((attempt) => attempt.hash === hash)?.cancels) return 'expired'
  return success ? 'done' : 'reverted'
}

function isSame(a: Found, b: Found | null): boolean {
  return a.hash === b?.hash && a.block === b.block && a.success === b.success
}
