import { join } from 'node:path'
import { openMinerJournal } from '../../miner/journal.ts'
import type { Producer } from '../../miner/produce.ts'
import { runMiner } from '../../miner/run-miner.ts'
import { tidyBundles } from '../../miner/tidy-bundles.ts'
import type { PolicySources } from '../../model/policy.ts'
import { directoryStore } from '../../shared/store/directory-store.ts'
import { serveStore } from '../../shared/store/http-server.ts'
import { piecesOnly, tidyStore } from '../../shared/store/tidy-store.ts'
import type { Values } from '../settings.ts'
import { journalPath } from './journal-path.ts'
import type { Rehearsable } from './on-copy.ts'
import { withBucket } from './open-bucket.ts'
import { openNetwork } from './open-network.ts'
import { openRolePolicies } from './role-policies.ts'
import type { minerSettings } from './role-settings.ts'

/** An engine that answers challenges, and how to let go of it. */
export interface Engine {
  readonly produce: Producer
  close(): Promise<void>
}

/** Wires a miner: chain, journal, bundle server and engine, and takes them down again in reverse. */
export async function startMiner(
  values: Rehearsable<Values<typeof minerSettings>>,
  signal: AbortSignal,
  startEngine: (sources: PolicySources) => Engine,
): Promise<void> {
  const { network, uid, close } = await openNetwork('miner', values, signal)
  const journal = openMinerJournal(journalPath(values.dataDir, network.chain.deployment, 'miner', uid))
  const store = directoryStore(join(values.dataDir, 'bundles'))
  const kept = withBucket(store, values)
  const [host, port] = values.listen.split(':')
  const server = await serveStore({ store, host, port: Number(port) })
  const { policies, sources } = openRolePolicies(values, network, store)
  const engine = startEngine(sources)
  const publicUrl = (values.publicUrl ?? server.url).replace(/\/+$/, '')
  network.log.info('serving bundles', { url: server.url, publicUrl })
  try {
    const miner = { network, uid, journal, store: kept, publicUrl, produce: engine.produce, policies }
    const keep = { epochs: values.keepEpochs, bytes: values.keepGib * 2 ** 30 }
    const pieces = tidyStore(network, store, { bytes: keep.bytes, choose: piecesOnly })
    await runMiner(miner, [tidyBundles(miner, store, keep), pieces])
  } finally {
    await engine.close()
    await server.close()
    journal.close()
    await close()
    network.log.info('stopped miner', { uid })
  }
}
