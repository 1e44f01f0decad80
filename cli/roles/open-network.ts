import type { Account, Address } from 'viem'
import { revertedWith } from '../../shared/chain/ask-chain.ts'
import { type ChainContext, connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { assertBeaconConfig } from '../../shared/chain/read-beacon-config.ts'
import { readIdentity } from '../../shared/chain/read-identity.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import type { Role } from '../../shared/chain/role.ts'
import { systemClock } from '../../shared/clock.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Network } from '../../shared/network.ts'
import { readKeyFile } from '../key-file.ts'
import { createLogger } from '../logger.ts'
import type { Values } from '../settings.ts'
import { relaysFor } from './relays.ts'
import type { roleSettings } from './role-settings.ts'

/**
 * Connects a role to its subnet and makes sure that chain, contracts, beacon and identity are the ones it was told
 * of.
 * @throws SubnetError with what to mend, before anything is done
 */
export async function openNetwork(
  role: Role,
  values: Values<typeof roleSettings>,
  signal: AbortSignal,
): Promise<{ network: Network; uid: number }> {
  const { network, account } = await openSigner(role, values, signal)
  return { network, uid: await findUid(network.chain, role, account.address) }
}

/**
 * As `openNetwork`, for a key that is no registered identity.
 * @param name what the log calls the role
 */
export async function openSigner(
  name: string,
  values: Values<typeof roleSettings>,
  signal: AbortSignal,
): Promise<{ network: Network; account: Account }> {
  const deployment = readDeployment(values.deployment)
  const account = readKeyFile(values.key)
  const chain = await connect({ rpcUrl: values.rpc, deployment, account })
  await assertBeaconConfig(chain)
  const network: Network = {
    chain,
    schedule: await readSchedule(chain),
    beacon: { chain: deployment.beacon, relays: relaysFor(deployment.beacon, values.relay) },
    clock: systemClock,
    log: createLogger(name, values.log),
    signal,
    pollMs: values.pollMs,
  }
  return { network, account }
}

async function findUid(chain: ChainContext, role: Role, hotKey: Address): Promise<number> {
  try {
    return (await readIdentity(chain, role, hotKey)).uid
  } catch (cause) {
    if (revertedWith(cause) !== 'HotKeyUnknown') throw cause
    throw new SubnetError(
      'HOT_KEY_UNREGISTERED',
      `hot key ${hotKey} serves no ${role} of the subnet ${chain.deployment.name}. Register it first (rollproof register --role ${role} --hot-key ${hotKey} …), or give the right --key.`,
      { details: { role, hotKey }, cause },
    )
  }
}
