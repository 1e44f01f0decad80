import type { PrivateKeyAccount } from 'viem/accounts'
import { connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { openOutbox } from '../../shared/chain/outbox/outbox.ts'
import { openOutboxJournal } from '../../shared/chain/outbox/outbox-journal.ts'
import { assertBeaconConfig } from '../../shared/chain/read-beacon-config.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { rehearsing } from '../../shared/chain/rehearsal.ts'
import type { Role } from '../../shared/chain/role.ts'
import { watchEndpoints } from '../../shared/chain/watch-endpoints.ts'
import { systemClock } from '../../shared/clock.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Network } from '../../shared/network.ts'
import type { Schedule } from '../../shared/protocol/schedule.ts'
import { openMonitor } from '../health/open-monitor.ts'
import { openKey } from '../keys/open-key.ts'
import { createLogger } from '../logger.ts'
import type { Values } from '../settings.ts'
import { identityOf } from '../transact/find-identity.ts'
import { outboxPath } from './journal-path.ts'
import type { Rehearsable } from './on-copy.ts'
import { relaysFor } from './relays.ts'
import type { roleSettings } from './role-settings.ts'

/**
 * Connects a role to its subnet and makes sure that chain, contracts, beacon and identity are the ones it was told
 * of.
 * @throws SubnetError with what to mend, before anything is done
 */
export async function openNetwork(
  role: Role,
  values: Rehearsable<Values<typeof roleSettings>>,
  signal: AbortSignal,
): Promise<OpenNetwork & { uid: number }> {
  const { network, account, close } = await openSigner(role, values, signal)
  try {
    const { uid } = await identityOf(network.chain, role, account.address)
    return { network, account, close, uid }
  } catch (error) {
    await close()
    throw error
  }
}

export interface OpenNetwork {
  readonly network: Network
  readonly account: PrivateKeyAccount
  /** Lets go of the outbox, and stops answering for the role's health. */
  close(): Promise<void>
}

/**
 * As `openNetwork`, for a key that is no registered identity.
 * @param name what the log calls the role
 */
export async function openSigner(
  name: string,
  values: Rehearsable<Values<typeof roleSettings>>,
  signal: AbortSignal,
): Promise<OpenNetwork> {
  const deployment = readDeployment(values.deployment)
  const account = await openKey({ file: values.key, passwordFile: values.passwordFile }, deployment)
  const relays = relaysFor(deployment.beacon, values.relay)
  let outboxDepth = () => 0
  const monitor = openMonitor({ role: name, key: account.address }, () => outboxDepth())
  const log = createLogger(name, values.log, monitor.hear)
  const { endpoints, ...chain } = await connect({
    rpcUrl: values.rpc,
    deployment,
    account,
    observe: monitor.metrics.heard,
  })
  await assertBeaconConfig(chain)
  const schedule = await readSchedule(chain)
  requireRoom(schedule, values.confirmations)
  const outbox = openOutbox({
    client: chain.publicClient,
    account,
    chainId: deployment.chainId,
    journal: openOutboxJournal(outboxPath(values.dataDir, deployment, account.address)),
    confirmations: values.confirmations,
    mostFee: values.maxFee,
    ...{ clock: systemClock, log, signal, pollMs: values.pollMs },
  })
  outboxDepth = outbox.depth
  const where = { host: values.healthHost, port: values.metricsPort }
  // A rehearsal is asked by nobody, and the role itself may run beside it.
  if (!values.dryRun) log.info('serving health', { url: await monitor.serve(where, relays) })
  const network: Network = {
    chain: values.dryRun ? rehearsing(chain) : { ...chain, outbox },
    schedule,
    beacon: { chain: deployment.beacon, relays },
    ...{ clock: systemClock, log, signal, pollMs: values.pollMs },
    upkeep: [
      { name: 'heartbeat', run: async (block) => monitor.health.beat(block) },
      watchEndpoints(endpoints, { clock: systemClock, log }),
      { name: 'outbox', run: () => outbox.tend() },
    ],
  }
  return {
    network,
    account,
    async close() {
      await monitor.close()
      outbox.close()
    },
  }
}

/** A window's audit begins when its deadline lasts, and its scores are due before the next window. */
function requireRoom({ windowBlocks, commitBlocks }: Schedule, confirmations: number): void {
  const room = windowBlocks - commitBlocks
  if (confirmations < room) return
  throw new SubnetError(
    'CONFIG_INVALID',
    `--confirmations ${confirmations} leaves no time to audit: this subnet's windows end ${room} blocks after their commitments. Take fewer than ${room}.`,
    { details: { confirmations, room } },
  )
}
