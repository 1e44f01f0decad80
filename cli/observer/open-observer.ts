import { connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { assertBeaconConfig } from '../../shared/chain/read-beacon-config.ts'
import type { Observer } from '../../shared/network.ts'
import { relaysFor } from '../roles/relays.ts'
import type { Values } from '../settings.ts'
import type { observerSettings } from './observer-settings.ts'

/** Connects to a subnet as anybody may: without a key, and without sending anything. */
export async function openObserver(
  values: Pick<Values<typeof observerSettings>, 'deployment' | 'rpc' | 'relay'>,
  signal: AbortSignal,
): Promise<Observer> {
  const chain = await connect({ rpcUrl: values.rpc, deployment: readDeployment(values.deployment) })
  await assertBeaconConfig(chain)
  return {
    chain,
    beacon: { chain: chain.deployment.beacon, relays: relaysFor(chain.deployment.beacon, values.relay) },
    signal,
  }
}
