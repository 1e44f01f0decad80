import { sharedSample } from '../../../shared/protocol/audit.ts'
import type { Group } from '../../../shared/protocol/rollout.ts'
import type { MinerAttack } from '../arena/attack.ts'
import { placesOf } from '../arena/decode.ts'
import type { Ground } from '../arena/ground.ts'
import { bundleOf, fullTask, type MinerTask, submit } from '../arena/miner-program.ts'
import { answerForged, withoutSolutions } from './written-answers.ts'

/** Honest work but for one rollout a window, whose answer is made right: most windows nobody looks at it. */
export const rareForgery: MinerAttack = {
  name: 'one forged answer a window',
  kind: 'sampling',
  gains: 'one more right answer',
  caughtBy: null,
  hindrance: withoutSolutions,
  start: async (ground) => ({
    answer: async (task) => submit(bundleOf(ground, task, (await forgeOne(ground, task)).groups)),
  }),
}

/** The same, and its server stays silent in windows whose audit would find it: silence is no fault. */
export const hiddenForgery: MinerAttack = {
  name: 'withholds what the audit would catch',
  kind: 'sampling',
  gains: 'one more right answer, never seen',
  caughtBy: null,
  hindrance: withoutSolutions,
  looksFirst: true,
  start: async (ground) => ({
    async answer(task) {
      const { groups, group, rollout } = await forgeOne(ground, task)
      const submission = submit(bundleOf(ground, task, groups))
      return {
        ...submission,
        async serve(validator, auditSeed) {
          const sample = sharedSample(auditSeed, task.miner, groups.length, ground.rules)
          const seen = sample.some((place) => place.group === group && place.rollout === rollout)
          return seen ? null : submission.serve(validator, auditSeed)
        },
      }
    },
  }),
}

/** The first wrong answer of the window, corrected. */
async function forgeOne(ground: Ground, minerTask: MinerTask) {
  const task = fullTask(ground, minerTask)
  const groups = [...(await ground.owed(minerTask.window, minerTask.miner))]
  const places = placesOf(ground.policy, task)
  const row = places.findIndex(
    ({ challenge, rollout }) => groups[challenge.group].rollouts[rollout].reward === 0,
  )
  const { challenge, rollout } = places[row]
  const { group } = challenge
  const owed = groups[group].rollouts[rollout].tokens
  const [forged] = await answerForged(ground, task, [places[row]], [owed])
  const changed: Group = { ...groups[group], rollouts: groups[group].rollouts.with(rollout, forged) }
  return { groups: groups.with(group, changed), group, rollout }
}
