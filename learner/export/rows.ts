import type { Hex } from 'viem'
import { PPM } from '../../shared/environments/environment.ts'
import { advantagesOf } from '../advantages.ts'
import { DEFAULT_RECIPE } from '../recipe.ts'
import type { VerifiedPart } from './verified-part.ts'

/** One verified rollout, as every format takes its columns from it. */
export interface ExportRow {
  readonly window: number
  readonly miner: number
  readonly group: number
  readonly rollout: number
  /** Manifest hash of the checkpoint that generated it. */
  readonly checkpoint: Hex
  /** The group's leaf in the tree that the miner committed. */
  readonly leaf: Hex
  readonly environment: string
  readonly temperature: number
  readonly prompt: string
  readonly completion: string
  readonly problem: string
  readonly promptTokens: readonly number[]
  readonly tokens: readonly number[]
  readonly logProbabilities: readonly number[]
  /** 0 … 1. */
  readonly reward: number
  /** In the group's standard deviations; 0 throughout a group whose rollouts are worth the same. */
  readonly advantage: number
}

/** Every rollout of a part, in the order of its groups. Advantages are those that the network's own learner uses. */
export function rowsOf({ environment, sampling, groups }: VerifiedPart): ExportRow[] {
  return groups.flatMap(({ admitted, prompt, completions, problem }) => {
    const { window, miner, group, policy, leaf, rollouts } = admitted
    const advantages = advantagesOf(admitted, DEFAULT_RECIPE.signal)
    return rollouts.map(({ tokens, logProbabilities, judged }, rollout) => ({
      ...{ window, miner, group, rollout, checkpoint: policy, leaf, environment },
      temperature: sampling.temperature,
      ...{ prompt, completion: completions[rollout], problem },
      promptTokens: admitted.prompt,
      ...{ tokens, logProbabilities },
      reward: judged.reward / PPM,
      advantage: advantages?.[rollout] ?? 0,
    }))
  })
}

/** Names a group on its subnet: WINDOW/MINER/GROUP. */
export function groupName({ window, miner, group }: ExportRow): string {
  return `${window}/${miner}/${group}`
}
