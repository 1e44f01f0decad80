import type { Duty } from '../shared/duty.ts'
import { epochOf, windowAt } from '../shared/protocol/schedule.ts'
import type { DirectoryStore } from '../shared/store/directory-store.ts'
import { chooseGarbage } from './choose-garbage.ts'
import type { Miner } from './mine-window.ts'

/**
 * Removes the miner's own bundles that nobody can ask for any more, once an epoch. What else lies in the directory,
 * such as pieces of checkpoints, is not touched.
 */
export function tidyBundles(
  { network, journal }: Miner,
  store: DirectoryStore,
  keep: { readonly epochs: number; readonly bytes: number },
): Duty {
  let tidied = -1
  return {
    name: 'tidy',
    async run(block) {
      const { schedule, log } = network
      const running = epochOf(schedule, windowAt(schedule, block))
      if (running <= tidied) return
      const kept = await Promise.all(
        journal.settled().map(async ({ window, root }) => {
          const bundle = root.slice(2)
          return { window, bundle, epoch: epochOf(schedule, window), sizeBytes: await store.sizeOf(bundle) }
        }),
      )
      const garbage = chooseGarbage(
        kept.filter(({ sizeBytes }) => sizeBytes > 0),
        running,
        keep,
      )
      for (const { bundle } of garbage) await store.remove(bundle)
      const bytes = garbage.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      if (garbage.length > 0) log.info('removed bundles', { windows: garbage.length, bytes })
      tidied = running
    },
  }
}
