import type { WeightTensors } from '../../../model/architecture/inference-graphs.ts'
import type { MinerAttack } from '../arena/attack.ts'
import { impostorMiner } from '../arena/impostor.ts'

type Tensor = WeightTensors extends ReadonlyMap<string, infer Value> ? Value : never

/** Serves cheaper weights than the owed ones: less memory, less bandwidth, faster kernels. */
function roundedAttack(name: string, gains: string, round: (tensor: Tensor) => Float32Array): MinerAttack {
  return {
    name,
    kind: 'model',
    gains,
    caughtBy: 'SKETCH_MISMATCH',
    start(ground) {
      const weights = new Map(
        [...ground.checkpoint.weights].map(([tensorName, tensor]) => [
          tensorName,
          { ...tensor, data: round(tensor) },
        ]),
      )
      return impostorMiner(ground, { weights })
    },
  }
}

/** Symmetric, one scale per output channel. Norms stay as they are, as in every such scheme. */
export const int8Weights = roundedAttack('int8 weights', '3/4 of the memory', ({ shape, data }) =>
  shape.length < 2 ? data : quantise(data, shape[1], 127),
)

/** Symmetric, one scale per 32 weights. */
export const int4Weights = roundedAttack('int4 weights', '7/8 of the memory', ({ shape, data }) =>
  shape.length < 2 ? data : quantise(data, 32, 7),
)

export const halfWeights = roundedAttack('fp16 weights', '1/2 of the memory', ({ data }) => data.map(toHalf))

function quantise(data: Float32Array, span: number, levels: number): Float32Array {
  const rounded = new Float32Array(data.length)
  for (let from = 0; from < data.length; from += span) {
    const part = data.subarray(from, from + span)
    const scale = part.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / levels
    part.forEach((weight, i) => {
      rounded[from + i] = scale === 0 ? 0 : Math.round(weight / scale) * scale
    })
  }
  return rounded
}

/** The nearest IEEE 754 binary16, ties to even: 10 bits of fraction, subnormals below 2^-14. */
function toHalf(value: number): number {
  if (Math.abs(value) < 2 ** -14) return Math.round(value * 2 ** 24) / 2 ** 24
  const bits = new DataView(new ArrayBuffer(4))
  bits.setFloat32(0, value)
  const whole = bits.getUint32(0)
  bits.setUint32(0, ((whole + 0xfff + ((whole >>> 13) & 1)) & ~0x1fff) >>> 0)
  return bits.getFloat32(0)
}
