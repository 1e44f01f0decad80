import type { MinerAttack } from '../arena/attack.ts'
import { impostorMiner } from '../arena/impostor.ts'

/** Skips the last updates and answers from an earlier checkpoint. */
export const stale = [1, 2, 8].map(
  (updates): MinerAttack => ({
    name: `stale by ${updates} update${updates > 1 ? 's' : ''}`,
    kind: 'model',
    gains: 'skips fetching checkpoints',
    caughtBy: 'SKETCH_MISMATCH',
    hindrance: ({ lineage }) =>
      updates <= lineage.updates ? null : 'this policy has no checkpoint that many updates back',
    start: async (ground) => impostorMiner(ground, { weights: await ground.lineage.ancestor(updates) }),
  }),
)
