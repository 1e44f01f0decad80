import type { Hex } from 'viem'
import { sharedSample } from '../../../shared/protocol/audit.ts'
import { encodeBundle } from '../../../shared/protocol/bundle.ts'
import type { MinerAttack } from '../arena/attack.ts'
import type { Ground } from '../arena/ground.ts'
import { bundleOf, type MinerTask, type Submission, submit } from '../arena/miner-program.ts'
import { borrowGroups } from './copies.ts'

async function owedSubmission(ground: Ground, task: MinerTask): Promise<Submission> {
  return submit(bundleOf(ground, task, await ground.owed(task.window, task.miner)))
}

/** Shows the first validator its honest bundle and the others a better one, both under one committed root. */
export const equivocation: MinerAttack = {
  name: 'equivocation',
  kind: 'bundle',
  gains: 'another bundle for everyone who asks',
  caughtBy: 'STORE_HASH_MISMATCH',
  start: async (ground) => ({
    async answer(task) {
      const honest = await owedSubmission(ground, task)
      const other = encodeBundle(bundleOf(ground, task, await ground.owed(task.window, 0)))
      return {
        ...honest,
        serve: async (validator) => (validator === 1 ? honest.serve(validator, '0x') : other),
      }
    },
  }),
}

/** Commits and never serves. */
export const withheldBundle: MinerAttack = {
  name: 'withheld bundle',
  kind: 'bundle',
  gains: 'nothing to check',
  caughtBy: 'STORE_NOT_FOUND',
  start: async (ground) => ({
    answer: async (task) => ({ ...(await owedSubmission(ground, task)), serve: async () => null }),
  }),
}

/**
 * Commits to rubbish in time, waits for the audit beacon, does the work that it will be asked for and nothing
 * else, and serves that under the committed address.
 */
export const lateBundle: MinerAttack = {
  name: 'late bundle',
  kind: 'bundle',
  gains: '9/10 of the work',
  caughtBy: 'STORE_HASH_MISMATCH',
  start: async (ground) => ({
    async answer(task) {
      const rubbish = await borrowGroups(ground, task)
      const owed = await ground.owed(task.window, task.miner)
      const serve = async (_validator: number, auditSeed: Hex) => {
        const sample = sharedSample(auditSeed, task.miner, owed.length, ground.rules)
        const asked = new Set(sample.map(({ group }) => group))
        const groups = rubbish.map((group, g) => (asked.has(g) ? owed[g] : group))
        return encodeBundle(bundleOf(ground, task, groups))
      }
      return { ...submit(bundleOf(ground, task, rubbish)), serve }
    },
  }),
}

/** Commits to one bundle and serves another in its place. */
export const otherRoot: MinerAttack = {
  name: 'root of another bundle',
  kind: 'bundle',
  gains: 'two bundles to choose from',
  caughtBy: 'STORE_HASH_MISMATCH',
  start: async (ground) => ({
    async answer(task) {
      const { commitment } = submit(bundleOf(ground, task, await borrowGroups(ground, task)))
      return { ...(await owedSubmission(ground, task)), commitment }
    },
  }),
}
