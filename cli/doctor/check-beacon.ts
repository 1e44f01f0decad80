import { askRelay } from '../../shared/beacon/ask-relay.ts'
import type { BeaconChain } from '../../shared/beacon/chain-info.ts'
import { roundAt, timeOfRound } from '../../shared/beacon/rounds.ts'
import { SubnetError } from '../../shared/errors.ts'
import { relaysFor } from '../roles/relays.ts'
import { type Finding, fail, failed, ok, warn } from './finding.ts'

const timeoutMs = 5000

/** Whether every relay gives true rounds of the pinned chain, as of a time that does not rest on our clock alone. */
export async function checkBeacon(
  chain: BeaconChain,
  named: readonly string[],
  unixSeconds: bigint,
): Promise<Finding> {
  const fix = 'name other relays of the pinned chain with --relay, better three of different operators'
  let relays: readonly string[]
  try {
    relays = relaysFor(chain, named)
  } catch (error) {
    return failed('beacon', error, fix)
  }
  const round = roundAt(chain, unixSeconds - BigInt(chain.period))
  const faults = (await Promise.all(relays.map((relay) => faultOf(chain, relay, round)))).flat()
  const working = relays.length - faults.length
  if (working === 0) return fail('beacon', faults.join('; '), fix)
  if (faults.length > 0)
    return warn('beacon', `${working} of ${relays.length} relays work. ${faults.join('; ')}`, fix)
  return ok('beacon', `${working} relays give round ${round}, verified`)
}

async function faultOf(chain: BeaconChain, relay: string, round: bigint): Promise<string[]> {
  try {
    await askRelay({ chain, relay, round, timeoutMs })
    return []
  } catch (error) {
    if (error instanceof SubnetError) return [`${relay}: ${error.code}: ${error.message}`]
    throw error
  }
}

/** Of our clock against a source of time. */
const mostSeconds = 10n

/**
 * Our clock against the beacon, whose rounds nobody can sign before their time: what a relay already has, has
 * passed. Against the chain where no relay answers.
 */
export async function checkClock(
  chain: BeaconChain,
  relays: readonly string[],
  nowSeconds: bigint,
  headSeconds: bigint,
): Promise<Finding> {
  const fix =
    'let the machine set its clock by NTP (timedatectl set-ntp true); deadlines are missed otherwise'
  const behind = headSeconds - nowSeconds
  if (behind > mostSeconds) return fail('clock', `${behind} s behind the newest block`, fix)
  const has = (round: bigint) => someRelayHas(chain, relays, round)
  const ahead = roundAt(chain, nowSeconds + mostSeconds) + 1n
  if (await has(ahead)) {
    return fail('clock', `behind the beacon: round ${ahead} is out, due at ${timeOfRound(chain, ahead)}`, fix)
  }
  const due = roundAt(chain, nowSeconds - mostSeconds)
  if (await has(due)) return ok('clock', `within ${mostSeconds} s of the beacon`)
  if (!(await has(roundAt(chain, headSeconds - mostSeconds)))) {
    return warn('clock', 'no relay answers, so only the newest block speaks for it', fix)
  }
  return fail('clock', `ahead of the beacon: round ${due} was due, and is not out`, fix)
}

async function someRelayHas(chain: BeaconChain, relays: readonly string[], round: bigint): Promise<boolean> {
  const faults = await Promise.all(relays.map((relay) => faultOf(chain, relay, round)))
  return faults.some((fault) => fault.length === 0)
}
