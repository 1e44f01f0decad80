import type { Hex } from 'viem'
import { listPieces } from '../model/distribution/list-pieces.ts'
import { readBlockNumber } from '../shared/chain/read-block-number.ts'
import { readPendingPolicies } from '../shared/chain/read-pending-policies.ts'
import { readPolicy } from '../shared/chain/read-policy.ts'
import { disputedEpochs } from '../shared/protocol/disputed-epochs.ts'
import { epochOf, windowAt } from '../shared/protocol/schedule.ts'
import type { DirectoryStore } from '../shared/store/directory-store.ts'
import type { StoreLimit } from '../shared/store/tidy-store.ts'
import type { Learner } from './learner.ts'
import { deltasInARow } from './offer-update.ts'
import { readLineage } from './read-lineage.ts'
import { decodeRecord } from './update-record.ts'

type Keeper = Pick<Learner, 'journal' | 'network'>

/**
 * What must stay in a learner's store: bundles that no update took yet, bundles of updates that may still be objected
 * to, and of every policy between the latest and a whole checkpoint the package, the record and the optimiser's state.
 * Other bundles may go once their epoch cannot be disputed any more: a miner that shares the store owes them till then.
 */
export async function choosePieces(learner: Keeper, store: DirectoryStore): ReturnType<StoreLimit['choose']> {
  const { journal, network } = learner
  const { chain, schedule } = network
  const running = epochOf(schedule, windowAt(schedule, await readBlockNumber(chain)))
  const pending = (await readPendingPolicies(chain)).map(({ manifestHash }) => manifestHash)
  const { hashes } = await readLineage(chain, deltasInARow + pending.length)
  const needed = neededBundles(learner, pending)
  for (const manifestHash of hashes) {
    for (const name of await piecesOf(learner, store, manifestHash)) needed.add(name)
  }
  const spare = journal
    .admitted()
    .filter(({ window }) => running - epochOf(schedule, window) > disputedEpochs)
    .map(({ bundle }) => String(bundle))
  return { needed, spare: new Set(spare) }
}

function neededBundles({ journal }: Keeper, pending: readonly Hex[]): Set<string> {
  const unjudged = journal
    .updatesIn('published')
    .filter(({ checkpoint }) => checkpoint !== null && pending.includes(checkpoint))
  const groups = [...journal.updatesIn('written'), ...unjudged].flatMap((update) => update.groups)
  const owed = groups.map(({ window, miner }) => journal.findDelivery(window, miner))
  return new Set([...journal.waiting(), ...owed].map((delivery) => String(delivery?.bundle)))
}

/** A policy's package, its record and the optimiser's state after it, as far as they are here. */
async function piecesOf({ network }: Keeper, store: DirectoryStore, manifestHash: Hex): Promise<string[]> {
  const { uri, recordHash } = await readPolicy(network.chain, manifestHash)
  const pieces = await listPieces(store, uri)
  const record = recordHash.slice(2)
  const maxBytes = await store.sizeOf(record)
  if (maxBytes === 0) return pieces
  const { optimizerAfter } = decodeRecord(await store.fetch(record, { maxBytes }))
  return [...pieces, record, optimizerAfter.slice(2)]
}
