import type { WeightTensors } from '../../../model/architecture/inference-graphs.ts'
import { quantise, roundToHalf } from '../../../model/calibration/changed-weights.ts'
import type { MinerAttack } from '../arena/attack.ts'
import { impostorMiner } from '../arena/impostor.ts'

/** Serves cheaper weights than the owed ones: less memory, less bandwidth, faster kernels. */
function roundedAttack(
  name: string,
  gains: string,
  round: (weights: WeightTensors) => WeightTensors,
): MinerAttack {
  return {
    name,
    kind: 'model',
    gains,
    caughtBy: 'SKETCH_MISMATCH',
    start: (ground) => impostorMiner(ground, { weights: round(ground.checkpoint.weights) }),
  }
}

export const int8Weights = roundedAttack('int8 weights', '3/4 of the memory', (weights) =>
  quantise(weights, 8),
)
export const int4Weights = roundedAttack('int4 weights', '7/8 of the memory', (weights) =>
  quantise(weights, 4, 32),
)
export const halfWeights = roundedAttack('fp16 weights', '1/2 of the memory', roundToHalf)
