import { createDraw } from '../../shared/protocol/draw.ts'
import type { ArchitectureConfig } from './config.ts'
import type { WeightTensors } from './inference-graphs.ts'
import { listParameters, sizeOf } from './parameters.ts'

/** The keystream under a seed that draws weights; problems and their noise take others. */
const WEIGHTS_STREAM = 2
const UNIFORMS = 6

/**
 * Fresh weights: norms 1, biases 0, matrices nearly normal with deviation 1 / sqrt(3 width), the outputs of both
 * residual branches smaller by sqrt(2 layers) as in GPT-2. At width 96 GPT-2's own 0.02 took three times as many
 * steps to the same loss. Drawn from a seed by sums of uniforms, so that every host gets
 * the same bits: a Box-Muller transform would need Math.log.
 */
export function initialiseWeights(config: ArchitectureConfig, seed: Uint8Array): WeightTensors {
  const draw = createDraw(seed, WEIGHTS_STREAM)
  const normal = (): number => {
    let sum = 0
    for (let i = 0; i < UNIFORMS; i++) sum += draw.below(2 ** 32) / 2 ** 32 - 0.5
    return sum / Math.sqrt(UNIFORMS / 12)
  }
  const spread = 1 / Math.sqrt(3 * config.width)
  const branch = spread / Math.sqrt(2 * config.layers)
  return new Map(
    listParameters(config).map(({ name, shape, kind }) => {
      const data = new Float32Array(sizeOf(shape))
      const deviation = name.endsWith('o_proj.weight') || name.endsWith('down_proj.weight') ? branch : spread
      for (let i = 0; i < data.length; i++) {
        data[i] = kind === 'norm' ? 1 : kind === 'bias' ? 0 : deviation * normal()
      }
      return [name, { shape, data }]
    }),
  )
}
