import type { Phase } from '../devnet/conductor.ts'
import type { StepName } from './journal-steps.ts'

/** What a bad network or server does to one exchange between a role and what it needs. */
export type Trouble =
  /** The connection ends without an answer. */
  | { readonly does: 'cut' }
  /** Nothing is said for so long; then the connection ends. */
  | { readonly does: 'stall'; readonly ms: number }
  | { readonly does: 'refuse'; readonly status: number }
  /** The request is served, and its answer is lost. */
  | { readonly does: 'lose answer' }
  /** The answer ends at this millionth part of it: as if it were all, or in the middle of the length announced. */
  | { readonly does: 'truncate'; readonly atPpm: number; readonly announced: boolean }
  /** One bit of the answer is another, at this millionth part of it. */
  | { readonly does: 'corrupt'; readonly atPpm: number }
  | { readonly does: 'lie'; readonly lie: Lie }

export type Lie =
  /** A node that lags: all it tells is of an earlier block. */
  | { readonly of: 'rpc'; readonly says: 'earlier block'; readonly blocks: number }
  /** The head's number, and it alone, is higher. */
  | { readonly of: 'rpc'; readonly says: 'later block'; readonly blocks: number }
  | { readonly of: 'rpc'; readonly says: 'other chain' }
  | { readonly of: 'rpc'; readonly says: 'no receipt' }
  | { readonly of: 'rpc'; readonly says: 'no such thing' }
  /** The signature of the round before, under the number asked for. */
  | { readonly of: 'relay'; readonly says: 'other round' }
  | { readonly of: 'relay'; readonly says: 'other genesis' }

/** Every role has two endpoints and two relays, as docs/operating.md asks of operators; bundles have one address. */
export type Fault =
  | {
      readonly on: 'rpc' | 'relay'
      readonly role: string
      readonly server: number
      readonly trouble: Trouble
      /** That many exchanges, one after the other. */
      readonly exchanges: number
    }
  | { readonly on: 'store'; readonly role: string; readonly trouble: Trouble; readonly exchanges: number }
  | { readonly on: 'process'; readonly role: string; readonly does: 'kill at'; readonly step: StepName }
  | { readonly on: 'process'; readonly role: string; readonly does: 'kill' }
  | { readonly on: 'process'; readonly role: string; readonly does: 'freeze'; readonly ms: number }
  | { readonly on: 'clock'; readonly role: string; readonly skewMs: number; readonly ms: number }
  | { readonly on: 'disk'; readonly role: string; readonly ms: number }
  | { readonly on: 'chain' | 'beacon'; readonly does: 'freeze'; readonly ms: number }
  | { readonly on: 'chain'; readonly does: 'reorganise'; readonly blocks: number }

export interface PlannedFault {
  readonly phase: Phase
  /** After the phase began. */
  readonly afterMs: number
  readonly fault: Fault
}

/** What a report counts it under. */
export function kindOf(fault: Fault): string {
  switch (fault.on) {
    case 'rpc':
    case 'relay':
    case 'store': {
      const { trouble } = fault
      return `${fault.on} ${trouble.does === 'lie' ? `lies: ${trouble.lie.says}` : trouble.does}`
    }
    case 'clock':
      return `clock ${fault.skewMs < 0 ? 'behind' : 'ahead'}`
    case 'disk':
      return 'disk full'
    case 'process':
      return fault.does === 'kill at' ? `kill at ${fault.step}` : `process ${fault.does}`
    case 'chain':
    case 'beacon':
      return `${fault.on} ${fault.does}`
  }
}

/** Whom it hits: null where that is everybody. */
export function victimOf(fault: Fault): string | null {
  return 'role' in fault ? fault.role : null
}
