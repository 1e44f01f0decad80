/**
 * npm run model:train -- [--seed N] [--out DIR] [--profile fast|exact]
 *
 * Trains the embedded default policy from nothing on this project's own train graph and writes a checkpoint
 * directory. Everything follows from the seed: under `--profile exact` to the byte on any machine, under `fast`
 * (the default, about four times quicker) to the byte on one class of machine.
 */

import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type Hex, keccak256, stringToBytes } from 'viem'
import { formatConfig, parseConfig } from '../model/architecture/config.ts'
import { initialiseWeights } from '../model/architecture/initialise.ts'
import { countParameters } from '../model/architecture/parameters.ts'
import { createCheckpoint } from '../model/checkpoint/checkpoint.ts'
import { numericsOf } from '../model/checkpoint/numerics.ts'
import { writeCheckpoint } from '../model/checkpoint/write-checkpoint.ts'
import { openSession } from '../model/runtime/open-session.ts'
import { loadTokenizer } from '../model/tokenizer/tokenizer.ts'
import { evaluatePolicy } from '../model/training/evaluate.ts'
import { openTrainer } from '../model/training/trainer.ts'
import { WARM_START, warmStart } from '../model/training/warm-start.ts'
import { sat } from '../shared/environments/sat.ts'
import { wordProblems } from '../shared/environments/word-problems.ts'

const TEMPERATURE = 1
const MAX_TOKENS = 48
const EVALUATION_PROBLEMS = 2048
const REPORT_EVERY = 50

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'data/trained-policy' },
    profile: { type: 'string', default: 'fast' },
  },
})
if (flags.profile !== 'fast' && flags.profile !== 'exact') {
  throw new RangeError(`--profile is ${flags.profile}; give fast or exact`)
}
const profile = flags.profile

const tokenizerJson = await readFile(new URL('../models/default/tokenizer.json', import.meta.url), 'utf8')
const tokenizer = loadTokenizer(tokenizerJson)
const config = parseConfig({
  model_type: 'llama',
  vocab_size: tokenizer.vocabularySize,
  hidden_size: 96,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 256,
  max_position_embeddings: 512,
  tie_word_embeddings: true,
})
const seed = deriveSeed('train')
console.log(`${countParameters(config)} parameters, seed ${flags.seed}, profile ${profile}`)

const started = performance.now()
const trainer = await openTrainer(config, initialiseWeights(config, Buffer.from(seed.slice(2), 'hex')), {
  profile,
  temperature: TEMPERATURE,
})
let recentLoss = 0
await warmStart(trainer, tokenizer, seed, WARM_START, ({ stage, step, loss, gradientNorm }) => {
  recentLoss += loss / REPORT_EVERY
  if ((step + 1) % REPORT_EVERY !== 0) return
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  const norm = gradientNorm.toFixed(2)
  console.log(
    `stage ${stage + 1} step ${step + 1}: mean loss ${recentLoss.toFixed(4)}, norm ${norm}, ${seconds} s`,
  )
  recentLoss = 0
})
await trainer.close()

const checkpoint = createCheckpoint({
  config,
  configJson: formatConfig(config),
  weights: trainer.weights,
  tokenizerJson,
  sampling: { temperature: TEMPERATURE, maxTokens: MAX_TOKENS, endToken: tokenizer.endToken },
  environment: { id: wordProblems.id, parametersHash: wordProblems.parametersHash },
  numerics: numericsOf('fast').numerics,
  parent: null,
})
await writeCheckpoint(flags.out, checkpoint)
console.log(`wrote ${flags.out}, manifest ${checkpoint.manifestHash}, weights ${checkpoint.manifest.weights}`)

const session = await openSession(checkpoint, 'fast')
for (const environment of [wordProblems, sat]) {
  for (const greedy of [false, true]) {
    const result = await evaluatePolicy(session, tokenizer, environment, {
      seed: deriveSeed('held-out'),
      problems: EVALUATION_PROBLEMS,
      limits: checkpoint.manifest.sampling,
      greedy,
    })
    const share = `${(100 * result.passRate).toFixed(1)} % ± ${(100 * result.standardError).toFixed(1)}`
    const how = greedy ? 'greedy' : `temperature ${TEMPERATURE}`
    console.log(`${environment.id}, ${how}: pass@1 ${share} (${result.problems} held-out problems)`)
  }
}
await session.close()

function deriveSeed(purpose: string): Hex {
  return keccak256(stringToBytes(`default policy/${purpose}/${flags.seed}`))
}
