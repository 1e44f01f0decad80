import type { Address, Hex } from 'viem'

/** What a transaction is for. The same contract, kind and subject are sent once, whatever happens in between. */
export interface Intent {
  /** As `commit root`. */
  readonly kind: string
  /** Its window, epoch, round or policy. */
  readonly of: string
  /** First block in which the contract refuses it; none where it is welcome at any time. */
  readonly deadline?: bigint | undefined
}

/**
 * `pending`: signed and offered, in no block. `included`: in a block that may still vanish. `cancelling`: too late,
 * and its nonce is being freed. The rest is final: `done`, `reverted`, `expired` (never included in time), `lost`
 * (another transaction of the key took its nonce), `refused` (no endpoint would have it).
 */
export type DeliveryState =
  | 'pending'
  | 'included'
  | 'cancelling'
  | 'done'
  | 'reverted'
  | 'expired'
  | 'lost'
  | 'refused'

export const openStates: readonly DeliveryState[] = ['pending', 'included', 'cancelling']

/** One signed form of a delivery. All of a delivery's have its nonce, so that one of them at most is ever included. */
export interface Attempt {
  readonly hash: Hex
  /** Signed bytes: offered again as they are, so that a restart cannot send a second form by mistake. */
  readonly raw: Hex
  /** Wei per gas. */
  readonly maxFee: bigint
  readonly tip: bigint
  /** The head when it was first offered. */
  readonly sentAt: bigint
  /** Does nothing but take the nonce. */
  readonly cancels: boolean
}

export interface Delivery {
  readonly id: number
  readonly contract: Address
  readonly kind: string
  readonly of: string
  readonly data: Hex
  readonly gas: bigint
  readonly deadline: bigint | null
  readonly nonce: number
  readonly state: DeliveryState
  /** Where an attempt of it was last seen; null before, and when that block vanished. */
  readonly found: Found | null
  /** Oldest first; at least one. */
  readonly attempts: readonly Attempt[]
}

export interface Found {
  readonly hash: Hex
  readonly block: bigint
  readonly success: boolean
}
