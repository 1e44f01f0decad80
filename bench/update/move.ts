import { advantagesOf } from '../../learner/advantages.ts'
import { DEFAULT_RECIPE } from '../../learner/recipe.ts'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import { openSession } from '../../model/runtime/open-session.ts'
import { type Place, readRolled } from './place.ts'

/** How the child sees the rollouts that it was trained on: nats a token, where reward rose and where it fell. */
export async function move({ child, work }: Place) {
  const { groups } = await readRolled(work)
  const checkpoint = await readCheckpoint(child)
  const session = await openSession(checkpoint, checkpoint.manifest.numerics.profile)
  const rows = groups.flatMap((group) => {
    const advantages = advantagesOf(group, DEFAULT_RECIPE.signal)
    return group.rollouts.flatMap(({ tokens, logProbabilities }, r) =>
      advantages
        ? [{ prompt: group.prompt, completion: tokens, before: logProbabilities, better: advantages[r] > 0 }]
        : [],
    )
  })
  const moved = { better: { nats: 0, tokens: 0 }, worse: { nats: 0, tokens: 0 } }
  await session.score(rows, (row, step, { logProbabilities }) => {
    const { completion, before, better } = rows[row]
    const side = better ? moved.better : moved.worse
    side.nats += logProbabilities[completion[step]] - before[step]
    side.tokens++
  })
  await session.close()
  return {
    natsOfBetter: moved.better.nats / moved.better.tokens,
    natsOfWorse: moved.worse.nats / moved.worse.tokens,
  }
}
