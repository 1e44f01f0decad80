import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formatConfig } from '../../../../model/architecture/config.ts'
import { initialiseWeights } from '../../../../model/architecture/initialise.ts'
import { createCheckpoint } from '../../../../model/checkpoint/checkpoint.ts'
import { numericsOf } from '../../../../model/checkpoint/numerics.ts'
import { openSession } from '../../../../model/runtime/open-session.ts'
import { loadTokenizer } from '../../../../model/tokenizer/tokenizer.ts'
import { evaluatePolicy } from '../../../../model/training/evaluate.ts'
import { openTrainer } from '../../../../model/training/trainer.ts'
import { type Stage, warmStart } from '../../../../model/training/warm-start.ts'
import { sat } from '../../../../shared/environments/sat.ts'
import { smallConfig } from '../small-policy.ts'

const tokenizerJson = readFileSync(
  new URL('../../../../models/default/tokenizer.json', import.meta.url),
  'utf8',
)
const tokenizer = loadTokenizer(tokenizerJson)
const config = smallConfig({ vocab_size: tokenizer.vocabularySize })
const stages: Stage[] = [
  { steps: 3, learningRate: 1e-3, decaySteps: 2, noise: { 'word-problems': 0, sat: 0 } },
  { steps: 2, learningRate: 1e-3, decaySteps: 1, noise: { 'word-problems': 0.5, sat: 0.5 } },
]

async function train() {
  const trainer = await openTrainer(config, initialiseWeights(config, new Uint8Array(32)), {
    profile: 'fast',
    temperature: 1,
  })
  const steps: string[] = []
  await warmStart(trainer, tokenizer, `0x${'07'.repeat(32)}`, stages, ({ stage, step, loss }) => {
    steps.push(`${stage}/${step} ${loss}`)
  })
  await trainer.close()
  return { steps, weights: trainer.weights }
}

describe('the warm start', () => {
  it('takes every step of every stage, and the same ones from the same seed', async () => {
    const first = await train()
    const second = await train()
    expect(first.steps.map((step) => step.split(' ')[0])).toEqual(['0/0', '0/1', '0/2', '1/0', '1/1'])
    expect(second).toEqual(first)
  })
})

describe('an evaluation', () => {
  it('is the same twice, and counts malformed answers as failures', async () => {
    const checkpoint = createCheckpoint({
      config,
      configJson: formatConfig(config),
      weights: initialiseWeights(config, new Uint8Array(32)),
      tokenizerJson,
      sampling: { temperature: 1, maxTokens: 12, endToken: tokenizer.endToken },
      environment: { id: sat.id, parametersHash: sat.parametersHash },
      numerics: numericsOf('fast').numerics,
      parent: null,
    })
    const session = await openSession(checkpoint, 'fast')
    const evaluate = (greedy: boolean) =>
      evaluatePolicy(session, tokenizer, sat, {
        seed: `0x${'08'.repeat(32)}`,
        problems: 20,
        limits: checkpoint.manifest.sampling,
        greedy,
      })
    const sampled = await evaluate(false)
    expect(await evaluate(false)).toEqual(sampled)
    expect(sampled).toMatchObject({ problems: 20, passRate: 0, standardError: 0, meanReward: 0 })
    expect(sampled.tokens).toBeGreaterThan(20)
    expect((await evaluate(true)).tokens).not.toBe(sampled.tokens)
    await session.close()
  })
})
