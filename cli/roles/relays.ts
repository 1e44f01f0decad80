import type { BeaconChain } from '../../shared/beacon/chain-info.ts'
import { quicknet, quicknetRelays } from '../../shared/beacon/quicknet.ts'
import { SubnetError } from '../../shared/errors.ts'

/** The relays that the operator named, or quicknet's public ones where that is the subnet's beacon. */
export function relaysFor(chain: BeaconChain, named: readonly string[]): readonly string[] {
  if (named.length > 0) return named
  if (chain.hash === quicknet.hash) return quicknetRelays
  throw new SubnetError(
    'CONFIG_INVALID',
    `--relay is missing: this subnet's beacon is not quicknet but ${chain.beaconID} (${chain.hash}); name a relay that serves it`,
  )
}
