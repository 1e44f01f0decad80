import type { PrivateKeyAccount } from 'viem/accounts'
import { connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { assertBeaconConfig } from '../../shared/chain/read-beacon-config.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { systemClock } from '../../shared/clock.ts'
import type { Log } from '../../shared/log.ts'
import type { Network } from '../../shared/network.ts'
import { readKeyFile } from '../key-file.ts'
import type { Values } from '../settings.ts'
import type { roleSettings } from './role-settings.ts'

/**
 * Connects a role to its subnet and makes sure that chain, contracts and beacon are the ones it was told of.
 * @throws SubnetError with what to mend, before anything is done
 */
export async function openNetwork(
  values: Values<typeof roleSettings>,
  log: Log,
  signal: AbortSignal,
): Promise<{ network: Network; account: PrivateKeyAccount }> {
  const deployment = readDeployment(values.deployment)
  const account = readKeyFile(values.key)
  const chain = await connect({ rpcUrl: values.rpc, deployment, account })
  await assertBeaconConfig(chain)
  const network: Network = {
    chain,
    schedule: await readSchedule(chain),
    beacon: { chain: deployment.beacon, relays: values.relay },
    clock: systemClock,
    log,
    signal,
    pollMs: values.pollMs,
  }
  return { network, account }
}
