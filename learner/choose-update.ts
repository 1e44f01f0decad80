import { hexToBytes, keccak256, stringToBytes } from 'viem'
import type { AdmittedGroup } from './admitted-group.ts'
import { chooseGroups } from './choose-groups.ts'
import type { ChosenUpdate } from './journal.ts'
import type { Learner, Purpose } from './learner.ts'
import { mixSwarm } from './mix-swarm.ts'
import { readLineage } from './read-lineage.ts'
import { nameOf } from './take-update.ts'

/** An update to take, or why there is none. `spent` are groups that no later update will take either. */
export interface NextUpdate {
  readonly update: ChosenUpdate | null
  readonly spent: readonly AdmittedGroup[]
  readonly why: string | null
}

export async function chooseUpdate(learner: Learner): Promise<NextUpdate> {
  const { journal, purpose } = learner
  const taken = journal.taken()
  const pool = [...learner.pool.values()].flat().filter(({ leaf }) => !taken.has(leaf))
  return purpose.kind === 'subnet'
    ? chooseForSubnet(learner, purpose, pool)
    : chooseForSwarm(learner, purpose, pool)
}

async function chooseForSubnet(
  { network, recipe }: Learner,
  { synchronisation, size }: Extract<Purpose, { kind: 'subnet' }>,
  pool: readonly AdmittedGroup[],
): Promise<NextUpdate> {
  const mostStale = synchronisation.mode === 'sequential' ? 0 : synchronisation.mostStale
  const { latest, hashes } = await readLineage(network.chain, mostStale)
  const { chosen, expired, why } = chooseGroups(pool, hashes, synchronisation, size)
  if (why !== null) return { update: null, spent: expired, why }
  return { update: { parent: latest.manifestHash, recipe, ...named(chosen) }, spent: expired, why }
}

/** Everything that was admitted since the node's last update is drawn from once, and what is not drawn is left. */
async function chooseForSwarm(
  { journal, network, recipe }: Learner,
  { self, mix }: Extract<Purpose, { kind: 'swarm' }>,
  pool: readonly AdmittedGroup[],
): Promise<NextUpdate> {
  const [last] = journal.updatesIn('kept')
  const parent = last?.checkpoint ?? (await readLineage(network.chain, 0)).latest.manifestHash
  const seed = keccak256(stringToBytes(`swarm ${parent} ${journal.newestWindow()}`))
  const chosen = mixSwarm(pool, self, mix, recipe.signal, hexToBytes(seed))
  if (chosen.length === 0) {
    return { update: null, spent: pool, why: `none of ${pool.length} admitted groups teaches anything` }
  }
  return { update: { parent, recipe, ...named(chosen) }, spent: pool, why: null }
}

function named(groups: readonly AdmittedGroup[]): Pick<ChosenUpdate, 'groups' | 'window'> {
  return { groups: groups.map(nameOf), window: Math.max(...groups.map(({ window }) => window)) }
}
