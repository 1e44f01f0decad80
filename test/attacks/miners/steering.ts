import type { GroupsTask } from '../../../miner/produce.ts'
import type { Distribution } from '../../../shared/protocol/distribution.ts'
import { owedToken, samplingDeviation } from '../../../shared/protocol/sampling.ts'
import type { MinerAttack } from '../arena/attack.ts'
import { answerBy, asOwed, attest, decode, type Place } from '../arena/decode.ts'
import type { Ground } from '../arena/ground.ts'
import { minerFrom } from '../arena/miner-program.ts'

/**
 * Wherever the random number lies so close to a token's interval that another token passes too, tries both ways
 * and keeps the one that pays more. Under `exact` there is nothing to choose.
 */
export const steering: MinerAttack = {
  name: 'tolerance steering',
  kind: 'sampling',
  gains: 'a second chance at borderline tokens',
  caughtBy: null,
  async start(ground) {
    const { policy } = ground
    const tolerance = policy.manifest.numerics.samplingTolerance
    return minerFrom(ground, async (task) => {
      const forks: Fork[] = []
      const owed = await answerBy(policy, task, (place, step, at, uniform) => {
        const token = asOwed(place, step, at, uniform)
        for (const other of within(at, uniform, token, tolerance)) forks.push({ place, step, token: other })
        return token
      })
      const groups = [...owed]
      for (const { place, rollout } of await follow(ground, task, forks, groups)) {
        const g = place.challenge.group - task.firstGroup
        const kept = groups[g].rollouts[place.rollout]
        if (rollout.reward <= kept.reward) continue
        groups[g] = { ...groups[g], rollouts: groups[g].rollouts.with(place.rollout, rollout) }
      }
      return groups
    })
  },
}

/** Another token that would pass at one position. */
interface Fork {
  readonly place: Place
  readonly step: number
  readonly token: number
}

/** Tokens other than the owed one whose deviation a validator would let pass. */
function within({ probabilities }: Distribution, uniform: number, owed: number, tolerance: number): number[] {
  const near = [uniform - tolerance, uniform + tolerance].map((shifted) =>
    owedToken(probabilities, Math.min(Math.max(shifted, 0), 1 - 2 ** -53)),
  )
  const others: number[] = []
  for (let token = near[0]; token <= near[1]; token++) {
    if (token !== owed && samplingDeviation(probabilities, uniform, token) <= tolerance) others.push(token)
  }
  return others
}

/** Decodes every fork to its end: the owed tokens before it, its own, and what is owed from there on. */
async function follow(
  { policy }: Ground,
  task: GroupsTask,
  forks: readonly Fork[],
  owed: Awaited<ReturnType<typeof answerBy>>,
) {
  if (forks.length === 0) return []
  const places = forks.map(({ place }) => ({ ...place }))
  const forkOf = new Map(places.map((place, i) => [place, forks[i]]))
  const tokens = await decode(policy, task, places, (place, step, at, uniform) => {
    const fork = forkOf.get(place) as Fork
    const { challenge, rollout } = fork.place
    const before = owed[challenge.group - task.firstGroup].rollouts[rollout].tokens
    if (step < fork.step) return before[step]
    return step === fork.step ? fork.token : asOwed(place, step, at, uniform)
  })
  const rollouts = await attest(policy, task, places, tokens)
  return places.map((place, i) => ({ place, rollout: rollouts[i] }))
}
