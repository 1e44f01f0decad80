import type { BeaconChain } from './chain-info.ts'

type Schedule = Pick<BeaconChain, 'genesisTime' | 'period'>

/**
 * The latest round that exists at a time, as drand counts: round 1 at the genesis time.
 * @param unixSeconds a block's timestamp, say
 * @returns 0n before the genesis time, when no round exists
 */
export function roundAt({ genesisTime, period }: Schedule, unixSeconds: bigint): bigint {
  const sinceGenesis = unixSeconds - BigInt(genesisTime)
  return sinceGenesis < 0n ? 0n : sinceGenesis / BigInt(period) + 1n
}

/** The first round published strictly after a time: nobody knew it at that time. */
export function firstRoundAfter(chain: Schedule, unixSeconds: bigint): bigint {
  return roundAt(chain, unixSeconds) + 1n
}

/** Unix seconds at which a round, counted from 1n, is published. */
export function timeOfRound({ genesisTime, period }: Schedule, round: bigint): bigint {
  return BigInt(genesisTime) + (round - 1n) * BigInt(period)
}
