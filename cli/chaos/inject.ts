import { systemClock } from '../../shared/clock.ts'
import type { Child } from '../devnet/child.ts'
import type { Registered } from '../devnet/conductor.ts'
import { journalOf } from '../devnet/outcome.ts'
import type { DevnetNetwork } from '../devnet/start-network.ts'
import { untilAborted } from '../lifecycle.ts'
import { outboxPath } from '../roles/journal-path.ts'
import type { Fault } from './fault.ts'
import type { SmallDisk } from './full-disk.ts'
import { journalSteps, type StepName } from './journal-steps.ts'
import type { Link } from './link.ts'
import { reorganise } from './reorganise.ts'
import type { Supervised } from './supervise.ts'
import { watchStep } from './watch-step.ts'

/** Everything that faults happen to. */
export interface World {
  readonly network: DevnetNetwork
  readonly servers: readonly Child[]
  readonly roles: ReadonlyMap<string, Supervised>
  readonly disks: ReadonlyMap<string, SmallDisk>
  /** By role: both of its endpoints, both of its relays. */
  readonly rpc: ReadonlyMap<string, readonly Link[]>
  readonly relay: ReadonlyMap<string, readonly Link[]>
  /** By miner: between it and whoever fetches its bundles. */
  readonly store: ReadonlyMap<string, Link>
  /** Reorganisations, one at a time: going back to a snapshot undoes those taken later. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  /** How many blocks one took. */
  onReorganised(blocks: number): void
}

/**
 * Makes a fault happen and ends it.
 * @param signal takes it back
 * @param bites called once it has had an effect
 */
export async function inject(
  world: World,
  fault: Fault,
  signal: AbortSignal,
  bites: () => void,
): Promise<void> {
  switch (fault.on) {
    case 'rpc':
    case 'relay':
    case 'store': {
      const link =
        fault.on === 'store' ? world.store.get(fault.role) : world[fault.on].get(fault.role)?.[fault.server]
      const disarm = link?.arm(fault.trouble, fault.exchanges, bites)
      await untilAborted(signal)
      return disarm?.()
    }
    case 'process': {
      const role = supervised(world, fault.role)
      if (fault.does === 'kill at') return killAt(world, role, fault.step, signal, bites)
      if (fault.does === 'kill' ? role.kill() : await role.freeze(fault.ms)) bites()
      return
    }
    case 'clock': {
      const role = supervised(world, fault.role)
      role.setClock(fault.skewMs)
      bites()
      await systemClock.sleep(fault.ms, signal).catch(() => {})
      return role.setClock(0)
    }
    case 'disk': {
      const disk = world.disks.get(fault.role)
      disk?.fill()
      if (disk) bites()
      await systemClock.sleep(fault.ms, signal).catch(() => {})
      return disk?.free()
    }
    case 'chain':
      if (fault.does === 'reorganise') {
        const blocks = await world.inTurn(() => reorganise(world.network.chain, fault.blocks, signal))
        if (blocks === 0) return
        world.onReorganised(blocks)
        return bites()
      }
      return freezeServer(world, fault.on, fault.ms, signal, bites)
    case 'beacon':
      return freezeServer(world, fault.on, fault.ms, signal, bites)
  }
}

async function killAt(
  { network }: World,
  role: Supervised,
  step: StepName,
  signal: AbortSignal,
  bites: () => void,
): Promise<void> {
  const { file, count } = journalSteps[step]
  const participant = network.participants.find(({ name }) => name === role.name) as Registered
  const { deployment } = network.chain
  const path =
    file === 'journal'
      ? journalOf(deployment, participant)
      : outboxPath(participant.dataDir, deployment, participant.hotKey.address)
  if ((await watchStep(path, count, signal)) && role.kill()) bites()
}

async function freezeServer(
  { servers }: World,
  name: string,
  ms: number,
  signal: AbortSignal,
  bites: () => void,
): Promise<void> {
  const pid = Number(servers.find((server) => server.name === name)?.pid)
  process.kill(pid, 'SIGSTOP')
  bites()
  await systemClock.sleep(ms, signal).catch(() => {})
  process.kill(pid, 'SIGCONT')
}

function supervised({ roles }: World, name: string): Supervised {
  return roles.get(name) as Supervised
}
