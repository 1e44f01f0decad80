import { SubnetError } from '../../shared/errors.ts'
import { chooseUpdate } from '../choose-update.ts'
import { findParent } from '../find-parent.ts'
import type { UpdateEntry } from '../journal.ts'
import type { Learner } from '../learner.ts'
import { publishUpdate } from '../publish-update.ts'
import { reportUpdate } from '../report-update.ts'

/**
 * Takes one update after another, each in steps that are journalled: its inputs are fixed, it is trained and
 * written, it is published. A learner killed at any of them goes on with the same update.
 */
export async function takeUpdates(learner: Learner, waiting: (why: string) => void): Promise<void> {
  const { journal, purpose } = learner
  const newest = journal.newestUpdate()
  const unfinished = newest?.state === 'chosen' || newest?.state === 'written' ? newest : undefined
  const chosen = unfinished ?? (await choose(learner, waiting))
  if (!chosen) return
  const written = chosen.state === 'chosen' ? await train(learner, chosen) : chosen
  if (!written) return
  if (purpose.kind === 'subnet') return publishUpdate(learner, written)
  journal.advanceUpdate(written.number, { state: 'kept' })
  await reportUpdate(learner, written, 'kept update')
}

async function choose(learner: Learner, waiting: (why: string) => void): Promise<UpdateEntry | null> {
  const { journal } = learner
  const { update, spent, why } = await chooseUpdate(learner)
  const entry = update && journal.chooseUpdate(update)
  dropSpent(learner, new Set(spent.map(({ leaf }) => leaf)))
  if (why !== null) waiting(why)
  return entry
}

async function train(learner: Learner, entry: UpdateEntry): Promise<UpdateEntry | null> {
  const { journal, network, trainings, pool, updates } = learner
  const admitted = new Map([...pool.values()].flat().map((group) => [group.leaf, group]))
  const groups = entry.groups.flatMap(({ leaf }) => admitted.get(leaf) ?? [])
  if (groups.length < entry.groups.length) {
    const lost = entry.groups.length - groups.length
    return discard(learner, entry, 'GROUPS_LOST', `${lost} of ${entry.groups.length} groups are gone`)
  }
  const parent = await findParent(learner, entry.parent)
  const startedMs = network.clock.elapsedMs()
  try {
    const { checkpoint } = await trainings.run({ parent, groups, recipe: entry.recipe, updates }, (count) =>
      network.log.debug('took step', { window: entry.window, ...count }),
    )
    const trainMs = network.clock.elapsedMs() - startedMs
    journal.advanceUpdate(entry.number, { state: 'written', checkpoint, trainMs })
    dropSpent(learner, new Set())
    network.log.info('wrote update', { policy: checkpoint, parent: entry.parent, trainMs })
    return { ...entry, state: 'written', checkpoint, trainMs }
  } catch (error) {
    const reasons = ['NOTHING_TO_LEARN', 'TRAINING_DIVERGED']
    if (!(error instanceof SubnetError) || !reasons.includes(error.code)) throw error
    return discard(learner, entry, error.code, error.message)
  }
}

function discard(learner: Learner, { number, window }: UpdateEntry, code: string, why: string): null {
  learner.journal.advanceUpdate(number, { state: 'discarded', why: `${code}: ${why}` })
  dropSpent(learner, new Set())
  learner.network.log.warn('discarded update', { window, code, why })
  return null
}

/** Lets go of bundles none of whose groups will be needed again. */
function dropSpent({ pool, journal }: Learner, spent: ReadonlySet<string>): void {
  const unfinished = new Set(
    journal.updatesIn('chosen').flatMap(({ groups }) => groups.map(({ leaf }) => leaf)),
  )
  const taken = journal.taken()
  for (const [key, groups] of pool) {
    const needed = groups.some(({ leaf }) => unfinished.has(leaf) || !(taken.has(leaf) || spent.has(leaf)))
    if (needed) continue
    pool.delete(key)
    const [window, miner] = key.split('/').map(Number)
    journal.spend(window, miner)
  }
}
