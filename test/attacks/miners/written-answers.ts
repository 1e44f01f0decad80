import { hexToBytes } from 'viem'
import type { GroupsTask } from '../../../miner/produce.ts'
import { demonstrate } from '../../../model/training/demonstrations.ts'
import type { Rollout } from '../../../shared/protocol/rollout.ts'
import { childSeed } from '../../../shared/protocol/seed.ts'
import type { MinerAttack } from '../arena/attack.ts'
import { asOwed, attest, decode, groupUp, type Place, placesOf } from '../arena/decode.ts'
import type { Ground } from '../arena/ground.ts'
import { type MinerProgram, minerFrom } from '../arena/miner-program.ts'

type Write = (place: Place, task: GroupsTask) => string

/** Writes completions itself and runs the owed model over them once, so that every figure it declares is true. */
function writer(ground: Ground, write: Write): MinerProgram {
  const { policy } = ground
  return minerFrom(ground, async (task) => {
    const places = placesOf(policy, task)
    const tokens = places.map((place) => toTokens(ground, write(place, task)))
    return groupUp(task, places, await attest(policy, task, places, tokens))
  })
}

function toTokens({ policy }: Ground, text: string): number[] {
  const { maxTokens, endToken } = policy.manifest.sampling
  return [...policy.codec.encode(text), endToken].slice(0, maxTokens)
}

function problemSeed({ challenge }: Place, { windowSeed, miner }: GroupsTask): Uint8Array {
  return hexToBytes(childSeed('problem', windowSeed, miner, challenge.group))
}

function solution(place: Place, task: GroupsTask): string {
  return demonstrate('word-problems', problemSeed(place, task), { noise: 0 }).completion
}

/** The published answer, as GSM8K and the word problems have one. */
function answerOf({ challenge }: Place): number {
  const { answer } = challenge.problem.data as { readonly answer: number | string }
  return Number(String(answer).replaceAll(',', ''))
}

const withoutLabels = ({ policy: { environment } }: Ground) =>
  environment.id === 'sat' ? 'its problems have no published answer' : null

/** Also for attacks that write the answer into the policy's own solution. */
export const withoutSolutions = ({ policy: { environment } }: Ground) =>
  environment.id === 'word-problems' ? null : 'nobody writes solutions in the words of this policy'

/** Every step right, in the policy's own words. */
export const forgedReasoning: MinerAttack = {
  name: 'forged reasoning with true answer',
  kind: 'sampling',
  gains: 'every reward, no decoding',
  caughtBy: 'TOKEN_NOT_OWED',
  hindrance: withoutSolutions,
  start: async (ground) => writer(ground, solution),
}

/** The label as the data has it, and nothing else. */
export const lookedUpLabels: MinerAttack = {
  name: 'looked-up labels',
  kind: 'sampling',
  gains: 'every reward, no decoding',
  caughtBy: 'TOKEN_NOT_OWED',
  hindrance: withoutLabels,
  start: async (ground) => writer(ground, (place) => `#### ${answerOf(place)}`),
}

/** Chosen right and wrong answers from one template, so that every group is one a learner would want. */
export const manufacturedGroups: MinerAttack = {
  name: 'manufactured groups',
  kind: 'sampling',
  gains: 'the reward mix it wants, no decoding',
  caughtBy: 'TOKEN_NOT_OWED',
  hindrance: withoutLabels,
  start: async (ground) => writer(ground, (place) => `#### ${answerOf(place) + (place.rollout % 2)}`),
}

/** Samples as it should until the mark, and then writes the right number. */
export const forgedAnswer: MinerAttack = {
  name: 'forged answer',
  kind: 'sampling',
  gains: 'every reward',
  caughtBy: 'TOKEN_NOT_OWED',
  hindrance: withoutSolutions,
  async start(ground) {
    const { policy } = ground
    return minerFrom(ground, async (task) => {
      const places = placesOf(policy, task)
      const owed = await decode(policy, task, places, asOwed)
      return groupUp(task, places, await answerForged(ground, task, places, owed))
    })
  },
}

/** Owed completions with the right number after their mark; without a mark they stay as they are. */
export function answerForged(
  ground: Ground,
  task: GroupsTask,
  places: readonly Place[],
  owed: readonly (readonly number[])[],
): Promise<Rollout[]> {
  const { policy } = ground
  const tokens = places.map((place, row) => {
    const text = policy.codec.decode(owed[row])
    const mark = text.indexOf('####')
    return mark < 0 ? owed[row] : toTokens(ground, `${text.slice(0, mark)}#### ${answerOf(place)}`)
  })
  return attest(policy, task, places, tokens)
}
