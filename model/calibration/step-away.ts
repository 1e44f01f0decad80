import { childSeed } from '../../shared/protocol/seed.ts'
import type { Checkpoint } from '../checkpoint/checkpoint.ts'
import { ADAMW_DEFAULTS } from '../optimizer/adamw.ts'
import { loadTokenizer } from '../tokenizer/tokenizer.ts'
import { openTrainer } from '../training/trainer.ts'
import { demonstrationRow } from '../training/warm-start.ts'

const ROWS = 32

/**
 * The weights one optimiser step from a policy's, for whoever needs a neighbour to tell it from: as far as one update
 * moves them, since the first step of AdamW moves every weight by about the learning rate, whatever it learns from.
 */
export async function stepAway(
  { config, weights, manifest, tokenizerJson }: Checkpoint,
  learningRate: number,
): Promise<Checkpoint['weights']> {
  const tokenizer = loadTokenizer(tokenizerJson, manifest.sampling.endToken)
  const task = manifest.environment.id === 'sat' ? 'sat' : 'word-problems'
  const rows = Array.from({ length: ROWS }, (_, row) =>
    demonstrationRow(tokenizer, task, childSeed('calibration step', manifest.weights, row), 0),
  )
  const { temperature } = manifest.sampling
  const trainer = await openTrainer(config, weights, { profile: 'fast', temperature })
  await trainer.step(rows, { kind: 'cross-entropy' }, { ...ADAMW_DEFAULTS, learningRate })
  await trainer.close()
  return trainer.weights
}
