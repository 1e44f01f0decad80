import { describe, expect, it } from 'vitest'
import type { AdmittedGroup } from '../../../learner/admitted-group.ts'
import { DEFAULT_RECIPE } from '../../../learner/recipe.ts'
import { takeUpdate } from '../../../learner/take-update.ts'
import { applyDelta, encodeDelta } from '../../../model/checkpoint/delta.ts'
import { encodeSafetensors } from '../../../model/checkpoint/safetensors.ts'
import { importPolicy } from '../../../model/hub/import-policy.ts'
import { loadTokenizer } from '../../../model/tokenizer/tokenizer.ts'
import { importChoices } from '../../helpers/import-choices.ts'
import { realModelPath } from '../../helpers/real-model.ts'
import vectors from '../../vectors/smollm2.json' with { type: 'json' }

const path = realModelPath(vectors.file)

describe.skipIf(path === undefined)('SmolLM2-135M', () => {
  it('takes an update of rank 8, whose delta is below 2 % and gives back its weights to the bit', async () => {
    const parent = await importPolicy(path as string, { ...importChoices, maxTokens: 16 })
    const tokenizer = loadTokenizer(parent.tokenizerJson, parent.manifest.sampling.endToken)
    const rollout = (text: string, reward: number): AdmittedGroup['rollouts'][number] => {
      const tokens = tokenizer.encode(text)
      const judged = { reward, correctness: reward, reasoning: 0, satisfaction: 0, tokens: tokens.length }
      return { tokens, logProbabilities: tokens.map(() => -3), judged }
    }
    const group: AdmittedGroup = {
      ...{ window: 1, miner: 0, group: 0, policy: parent.manifestHash, leaf: `0x${'22'.repeat(32)}` },
      prompt: tokenizer.encode('Tom has 3 pens. He buys 4 more. How many pens does he have?\n'),
      rollouts: [rollout('3+4=7\n#### 7', 1_000_000), rollout('3*4=12\n#### 12', 0)],
    }
    const recipe = { ...DEFAULT_RECIPE, rank: 8, learningRate: 1e-3, warmUpSteps: 0 }
    const update = await takeUpdate({ parent, optimizer: null, groups: [group], recipe })
    expect(update.record.steps[0].gradientNorm).toBeGreaterThan(0)
    const [before, after] = [parent, update.checkpoint].map(({ weights }) => encodeSafetensors(weights))
    const delta = encodeDelta(before, after, encodeSafetensors(update.adapters ?? new Map()))
    expect(delta.length).toBeLessThan(0.02 * after.length)
    expect(Buffer.from(applyDelta(before, delta, update.checkpoint.manifest.weights)).equals(after)).toBe(
      true,
    )
  }, 600_000)
})
