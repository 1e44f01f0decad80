import { DEFAULT_RECIPE, settingsAt } from '../learner/recipe.ts'
import { parseConfig } from '../model/architecture/config.ts'
import { initialiseWeights } from '../model/architecture/initialise.ts'
import type { NumericsProfile } from '../model/engine/engine.ts'
import type { TrainingRow } from '../model/training/micro-batch.ts'
import { openTrainer } from '../model/training/trainer.ts'
import { peakMemoryMiB } from './stopwatch.ts'
import type { TrainerResult } from './window.ts'

/** 0.81 million parameters. */
const config = parseConfig({
  model_type: 'llama',
  vocab_size: 420,
  hidden_size: 128,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 32,
  intermediate_size: 364,
  max_position_embeddings: 128,
  tie_word_embeddings: true,
})
const rowsPerStep = 64
const rowTokens = 96
const steps = 5

/** The loss counts every token of a row but its first. */
const rows: TrainingRow[] = Array.from({ length: rowsPerStep }, (_, row) => {
  const tokens = Array.from({ length: rowTokens }, (_, at) => (31 * row + 7 * at * at) % config.vocabulary)
  const advantage = row % 2 === 0 ? 1 : -1
  const oldLogProbabilities = tokens.slice(1).map(() => -6)
  return { prompt: tokens.slice(0, 1), completion: tokens.slice(1), advantage, oldLogProbabilities }
})
const { clipLow, clipHigh, klWeight, microBatchRows } = DEFAULT_RECIPE
const loss = { kind: 'clipped-surrogate', clipLow, clipHigh, klWeight } as const

const profile = JSON.parse(process.argv[2]).profile as NumericsProfile
const weights = initialiseWeights(config, new Uint8Array(32))
const trainer = await openTrainer(config, weights, { profile, temperature: 1, microBatchRows })
const step = async () => {
  const found = await trainer.gradients(rows, loss)
  trainer.apply(found, settingsAt(DEFAULT_RECIPE, trainer.optimizer.step))
}
await step()
const before = process.cpuUsage()
for (let i = 0; i < steps; i++) await step()
const { user, system } = process.cpuUsage(before)
const result: TrainerResult = {
  figures: {
    trainedTokensPerCpuSecond: (1e6 * steps * rowsPerStep * rowTokens) / (user + system),
    trainerPeakMiB: peakMemoryMiB(),
  },
}
console.log(JSON.stringify(result))
await trainer.close()
