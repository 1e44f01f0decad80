import type { Duty } from '../duty.ts'
import type { Network } from '../network.ts'
import { windowAt } from '../protocol/schedule.ts'
import type { DirectoryStore, StoredFile } from './directory-store.ts'
import { bundleHash } from './store.ts'

/** What was put so lately may just be read, or be a part of something that is still being fetched. */
const youngMs = 3_600_000

export interface StoreLimit {
  /** Of everything in the store. */
  readonly bytes: number
  /** Asked only where something has to go. */
  choose(): Promise<{
    /** Names that stay however much there is. */
    readonly needed: ReadonlySet<string>
    /** Committed bundles that may go. Others stay: several identities may share a store, and each owes its own. */
    readonly spare: ReadonlySet<string>
  }>
}

/** Nothing is needed, and no bundle may go: for who holds pieces that anybody gives again. */
export const piecesOnly: StoreLimit['choose'] = async () => ({ needed: new Set(), spare: new Set() })

/**
 * Keeps a role's store within its size: looks once a window, and what was put longest ago goes first. Pieces of
 * checkpoints, records and states go by the hash of their bytes; what does not is somebody's committed bundle.
 */
export function tidyStore(
  { schedule, clock, log }: Pick<Network, 'schedule' | 'clock' | 'log'>,
  store: DirectoryStore,
  limit: StoreLimit,
): Duty {
  let tidied = -1
  const committed = new Set<string>()
  const isPiece = async ({ name, sizeBytes }: StoredFile) => {
    if (committed.has(name)) return false
    const bytes = await store.fetch(name, { maxBytes: sizeBytes, fits: () => true })
    if (bundleHash(bytes) === name) return true
    committed.add(name)
    return false
  }
  return {
    name: 'tidy store',
    async run(block) {
      const window = windowAt(schedule, block)
      if (window < 0 || window === tidied) return
      const files = await store.list()
      let over = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) - limit.bytes
      const { needed, spare } = over > 0 ? await limit.choose() : { needed: new Set(), spare: new Set() }
      const old = files.filter(({ storedMs }) => clock.nowMs() - storedMs >= youngMs)
      let [pieces, bytes] = [0, 0]
      for (const file of old.sort((a, b) => a.storedMs - b.storedMs)) {
        if (over <= 0) break
        if (needed.has(file.name) || !(spare.has(file.name) || (await isPiece(file)))) continue
        await store.remove(file.name)
        over -= file.sizeBytes
        pieces++
        bytes += file.sizeBytes
      }
      if (pieces > 0) log.info('removed pieces', { pieces, bytes })
      tidied = window
    },
  }
}
