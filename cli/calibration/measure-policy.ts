import type { Corpus, Measurement } from '../../model/calibration/corpus.ts'
import { calibrate } from '../../model/calibration/measure.ts'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import type { Device } from '../../model/engine/engine.ts'
import { loadTokenizer } from '../../model/tokenizer/tokenizer.ts'
import { findEnvironment } from '../../shared/environments/registry.ts'

/** Reads a checkpoint and measures it on this machine; progress goes to stderr. */
export async function measurePolicy(options: {
  readonly dir: string
  readonly dataset: string | undefined
  readonly device: Device
  readonly positions: number
  readonly seed: number
  readonly learningRate: number
  readonly sketchStep: number | null
  readonly machine: Measurement['machine']
}): Promise<Corpus> {
  const { dir, dataset, ...measured } = options
  const checkpoint = await readCheckpoint(dir)
  return calibrate({
    checkpoint,
    asked: {
      codec: loadTokenizer(checkpoint.tokenizerJson, checkpoint.manifest.sampling.endToken),
      environment: findEnvironment(checkpoint.manifest.environment.id, { gsm8kPath: dataset }),
    },
    ...measured,
    onProgress: (who, done) => process.stderr.write(`${who}: ${done} positions\n`),
  })
}
