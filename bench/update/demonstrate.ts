import { createCheckpoint } from '../../model/checkpoint/checkpoint.ts'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import { writeCheckpoint } from '../../model/checkpoint/write-checkpoint.ts'
import { ADAMW_DEFAULTS, warmUp } from '../../model/optimizer/adamw.ts'
import { loadTokenizer } from '../../model/tokenizer/tokenizer.ts'
import { openTrainer } from '../../model/training/trainer.ts'
import { demonstrationRow } from '../../model/training/warm-start.ts'
import { childSeed } from '../../shared/protocol/seed.ts'
import type { Place } from './place.ts'

const rowsPerStep = 16
const learningRate = 1e-4
const warmUpSteps = 4
const seed = `0x${'5d'.repeat(32)}` as const

/** Shows a policy how word problems are answered, so that some of its own answers are right. */
export async function demonstrate(
  { parent: dir, child }: Place,
  { steps }: { readonly steps: number },
): Promise<object> {
  const parent = await readCheckpoint(dir)
  const { manifest, config, tokenizerJson } = parent
  const { sampling, environment, numerics } = manifest
  const tokenizer = loadTokenizer(tokenizerJson, sampling.endToken)
  const { profile } = numerics
  const { temperature } = sampling
  const trainer = await openTrainer(config, parent.weights, { profile, temperature })
  const losses: number[] = []
  for (let step = 0; step < steps; step++) {
    const rows = Array.from({ length: rowsPerStep }, (_, row) =>
      demonstrationRow(tokenizer, 'word-problems', childSeed('demonstration', seed, step, row), 0),
    )
    const settings = { ...ADAMW_DEFAULTS, learningRate: warmUp(learningRate, step, warmUpSteps) }
    losses.push((await trainer.step(rows, { kind: 'cross-entropy' }, settings)).loss)
    process.stderr.write(`demonstrations, step ${step + 1} of ${steps}: loss ${losses[step].toFixed(3)}\n`)
  }
  await trainer.close()
  const named = { sampling, environment, numerics, parent: null }
  await writeCheckpoint(child, createCheckpoint({ ...parent, weights: trainer.weights, ...named }))
  return { losses }
}
