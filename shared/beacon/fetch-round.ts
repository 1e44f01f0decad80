import { type Clock, systemClock } from '../clock.ts'
import { SubnetError } from '../errors.ts'
import { askRelay } from './ask-relay.ts'
import { assertBeaconChain, type BeaconChain } from './chain-info.ts'
import { assertRound, type VerifiedRound } from './verify-round.ts'

/** Pauses between passes over the relays: a round reaches relays within about a second of its time. */
const pausesMs = [250, 500, 1000, 2000]

export interface FetchRoundOptions {
  readonly chain: BeaconChain
  /** Base URLs in order of preference, each serving the chain below `/{chain.hash}`. */
  readonly relays: readonly string[]
  /** At least 1n. There is no "latest": roles would see different ones. */
  readonly round: bigint
  readonly signal?: AbortSignal
  /** Limit of each request. */
  readonly requestTimeoutMs?: number
  readonly clock?: Clock
}

/**
 * One verified round, from the first relay that tells the truth. A relay that lies is not asked again in this
 * call; one that fails is asked again after a pause. There is no other source of randomness: on failure the
 * window waits.
 *
 * @throws SubnetError BEACON_UNAVAILABLE (retryable) naming every relay and its cause; BEACON_INVALID when every
 *   relay lied; BEACON_CHAIN_INVALID, BEACON_ROUND_INVALID, BEACON_RELAYS_INVALID for wrong arguments
 */
export async function fetchRound(options: FetchRoundOptions): Promise<VerifiedRound> {
  const { chain, relays, round, signal, requestTimeoutMs = 5000, clock = systemClock } = options
  assertBeaconChain(chain)
  assertRound(round)
  assertRelays(relays)

  const failures = new Map<string, SubnetError>()
  for (let pass = 0; pass <= pausesMs.length; pass++) {
    if (pass > 0) await clock.sleep(pausesMs[pass - 1], signal)
    for (const relay of relays) {
      if (lied(failures.get(relay))) continue
      try {
        return await askRelay({ chain, relay, round, timeoutMs: requestTimeoutMs, signal })
      } catch (error) {
        signal?.throwIfAborted()
        if (!(error instanceof SubnetError)) throw error
        failures.set(relay, error)
      }
    }
    if ([...failures.values()].every(lied)) break
  }
  throw noRelayLeft(round, failures)
}

function lied(failure: SubnetError | undefined): boolean {
  return failure?.code === 'BEACON_INVALID'
}

function noRelayLeft(round: bigint, failures: ReadonlyMap<string, SubnetError>): SubnetError {
  const causes = [...failures].map(([relay, error]) => ({ relay, code: error.code, message: error.message }))
  const list = causes.map(({ relay, message }) => `${relay}: ${message}`).join('; ')
  const context = { details: { round, causes }, cause: new AggregateError([...failures.values()]) }
  if ([...failures.values()].every(lied))
    return new SubnetError(
      'BEACON_INVALID',
      `every beacon relay gave a false answer for round ${round}; configure relays of the pinned chain. ${list}`,
      context,
    )
  return new SubnetError(
    'BEACON_UNAVAILABLE',
    `no beacon relay gave round ${round}; the window waits. Check the network and the relays. ${list}`,
    { ...context, retryable: true },
  )
}

function assertRelays(relays: readonly string[]): void {
  const unusable = relays.filter((relay) => !/^https?:$/.test(URL.parse(relay)?.protocol ?? ''))
  if (relays.length > 0 && unusable.length === 0) return
  throw new SubnetError(
    'BEACON_RELAYS_INVALID',
    relays.length === 0
      ? 'no beacon relay is configured: name at least one, better three of different operators'
      : `not http(s) URLs of beacon relays: ${unusable.join(', ')}`,
    { details: { unusable } },
  )
}
