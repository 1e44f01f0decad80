import type { BeaconChain } from './beacon/chain-info.ts'
import type { ChainContext } from './chain/connect.ts'
import type { Clock } from './clock.ts'
import type { Duty } from './duty.ts'
import type { Log } from './log.ts'
import type { Schedule } from './protocol/schedule.ts'

/** What every role holds of the subnet it works for. */
export interface Network {
  readonly chain: ChainContext
  readonly schedule: Schedule
  readonly beacon: { readonly chain: BeaconChain; readonly relays: readonly string[] }
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  /** Pause between looks at the chain. */
  readonly pollMs: number
  /** What keeps the role able to work, whatever its work; done first. */
  readonly upkeep: readonly Duty[]
}

/** What anybody needs to look at a subnet from outside: no key, no journal. */
export type Observer = Pick<Network, 'chain' | 'beacon' | 'signal'>
