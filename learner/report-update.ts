import { join } from 'node:path'
import type { UpdateEntry } from './journal.ts'
import type { Learner } from './learner.ts'
import { readRecord } from './write-update.ts'

/** Logs what an update was made of. Admission and refusals are those since the update before it. */
export async function reportUpdate(
  { journal, network, updates }: Learner,
  { number, window, parent, checkpoint, trainMs }: UpdateEntry,
  message: string,
): Promise<void> {
  const { steps, groups } = await readRecord(join(updates, String(checkpoint)))
  const before = journal.windowBefore(number)
  const sum = (of: (step: (typeof steps)[number]) => number) => steps.reduce((all, step) => all + of(step), 0)
  network.log.info(message, {
    window,
    policy: checkpoint,
    parent,
    steps: steps.length,
    groups: groups.length,
    rollouts: sum(({ rows }) => rows),
    tokens: sum(({ tokens }) => tokens),
    refusedBundles: journal.countRefused({ from: before + 1, to: window }),
    loss: sum(({ loss }) => loss) / steps.length,
    gradientNorm: sum(({ gradientNorm }) => gradientNorm) / steps.length,
    trainMs,
    admitMs: journal.admitMs(before, window),
  })
}
