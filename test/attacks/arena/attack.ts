import type { Reason } from '../../../shared/protocol/verdict.ts'
import type { StoreErrorCode } from '../../../shared/store/store.ts'
import type { Ground } from './ground.ts'
import type { MinerProgram } from './miner-program.ts'

/** model: other weights; sampling: other tokens; proof: other figures; bundle: other bytes; market: other bids. */
export type MinerAttackKind = 'model' | 'sampling' | 'proof' | 'bundle' | 'market'

/** One way to be paid for work not done, or for work done otherwise. One file each in test/attacks/miners. */
export interface MinerAttack {
  readonly name: string
  readonly kind: MinerAttackKind
  /** What the cheat saves or gains, for the table. */
  readonly gains: string
  /**
   * What must stop it: a verdict's reason, or why its bundle cannot be had. null where no check can: such an
   * attack is measured, and docs/security.md names it with its gain.
   */
  readonly caughtBy: Reason | StoreErrorCode | null
  /** Its server looks at the audit before it answers: figures of an audit in full do not describe it. */
  readonly looksFirst?: boolean
  /** Identities that it registers; one unless it says otherwise. */
  readonly identities?: number
  /** Why it cannot be tried on a ground, null where it can; absent where it always can. */
  hindrance?(ground: Ground): string | null
  start(ground: Ground): Promise<MinerProgram>
}
