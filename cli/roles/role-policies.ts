import { join } from 'node:path'
import { keepPolicies, type PolicyKeeper } from '../../model/distribution/policy-keeper.ts'
import type { PolicySources } from '../../model/policy.ts'
import type { Network } from '../../shared/network.ts'
import { openPeer } from '../../shared/relay/peer.ts'
import type { DirectoryStore } from '../../shared/store/directory-store.ts'
import type { Values } from '../settings.ts'
import { checkpointRoots } from './checkpoint-roots.ts'
import type { roleSettings } from './role-settings.ts'

/**
 * Where a role's checkpoints come from: directories, and what it fetches into its cache.
 * @param store gets the pieces: who serves it is a peer to others
 */
export function openRolePolicies(
  values: Values<typeof roleSettings>,
  { log, signal }: Network,
  store: DirectoryStore,
): { policies: PolicyKeeper; sources: PolicySources } {
  const roots = checkpointRoots(values)
  const shelf = values.checkpointCache ?? join(values.dataDir, 'checkpoints')
  const peers = values.peer.map((url) => openPeer(url))
  const { allowPrivateHosts } = values
  return {
    policies: keepPolicies({ roots, shelf, peers, store, log, signal, allowPrivateHosts }),
    sources: { checkpoints: [...roots, shelf], dataset: values.dataset ?? null },
  }
}
