import { join } from 'node:path'
import type { Child } from '../devnet/child.ts'
import type { Participant } from '../devnet/participants.ts'
import type { DevnetNetwork } from '../devnet/start-network.ts'
import { startRole } from '../devnet/start-roles.ts'
import type { SmallDisk } from './full-disk.ts'
import type { World } from './inject.ts'
import { type Link, openLink } from './link.ts'
import { overhearCommitments } from './overhear-commitments.ts'
import type { SignedCommitment } from './signed-commitments.ts'
import { type Supervised, supervise } from './supervise.ts'

const skewClock = new URL('./skew-clock.ts', import.meta.url)
const usePortableKernels = new URL('./use-portable-kernels.ts', import.meta.url)

/** As operators should: a block that is less deep may vanish, and blocks vanish here. */
const confirmations = 13

/** Starts every role behind links of its own, under supervision. */
export async function openWorld(options: {
  readonly network: DevnetNetwork
  readonly servers: readonly Child[]
  readonly disks: ReadonlyMap<string, SmallDisk>
  readonly dataDir: string
  /** Gets every commitment that leaves a role. */
  readonly signed: SignedCommitment[]
  onReorganised(blocks: number): void
}): Promise<World & { close(): Promise<void> }> {
  const { network, dataDir, signed } = options
  const { chain, participants } = network
  const rpc = new Map<string, readonly Link[]>()
  const relay = new Map<string, readonly Link[]>()
  const store = new Map<string, Link>()
  const roles = new Map<string, Supervised>()
  const last = participants.findLast(({ role }) => role === 'validator')
  for (const participant of participants) {
    const { name, role, listen } = participant
    const overhear = overhearCommitments(chain.deployment, participant, signed)
    const endpoints = [await openLink(network.rpcUrl, overhear), await openLink(network.rpcUrl, overhear)]
    const relays = [await openLink(network.relayUrl), await openLink(network.relayUrl)]
    rpc.set(name, endpoints)
    relay.set(name, relays)
    if (role === 'miner') store.set(name, await openLink(`http://${listen}`))
    const seen = { ...network, rpcUrl: endpoints[0].url, relayUrl: relays[0].url }
    const flags = [
      ...['--rpc', endpoints[1].url, '--relay', relays[1].url, '--confirmations', String(confirmations)],
      ...(store.has(name) ? ['--public-url', `${store.get(name)?.url}/bundles`] : []),
    ]
    const imports = participant === last ? [skewClock, usePortableKernels] : [skewClock]
    const logs = join(dataDir, 'logs')
    const start = () =>
      startRole(seen, participant, { logs, dataset: undefined, flags, imports, onEvent: () => {} })
    roles.set(name, supervise(name, start))
  }
  let turn: Promise<unknown> = Promise.resolve()
  return {
    ...options,
    ...{ rpc, relay, store, roles },
    inTurn(work) {
      const next = turn.then(work, work)
      turn = next.catch(() => {})
      return next
    },
    async close() {
      await Promise.all([...roles.values()].map((role) => role.stop()))
      const links = [...rpc.values(), ...relay.values(), ...store.values()].flat()
      await Promise.all(links.map((link) => link.close()))
    },
  }
}

/** One miner and one validator get disks that can be filled; none where this user may mount nothing. */
export function disksOf(
  participants: readonly Participant[],
  mount: (path: string) => SmallDisk | null,
): Map<string, SmallDisk> {
  const disks = new Map<string, SmallDisk>()
  for (const wanted of ['miner', 'validator']) {
    const participant = participants.find(({ role }) => role === wanted)
    const disk = participant && mount(participant.dataDir)
    if (disk) disks.set(participant.name, disk)
  }
  return disks
}
