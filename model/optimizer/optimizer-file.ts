import { z } from 'zod'
import { SubnetError } from '../../shared/errors.ts'
import type { ArchitectureConfig } from '../architecture/config.ts'
import { listTrained } from '../architecture/low-rank.ts'
import {
  decodeSafetensors,
  encodeSafetensorsInPieces,
  readSafetensorsMetadata,
} from '../checkpoint/safetensors.ts'
import type { AdamWState } from './adamw.ts'

/** Numbers are written by JavaScript's shortest notation, which reads back as the same float64. */
const power = z.coerce.number().min(0).max(1)
const metadataShape = z.strictObject({
  step: z.coerce.number().int().nonnegative(),
  beta1Power: power,
  beta2Power: power,
  rank: z.coerce.number().int().positive().optional(),
})

/**
 * The optimiser's state as safetensors: `first.<name>` and `second.<name>` per tensor that is trained, scalars in the metadata.
 * One state has one byte string, so that its hash names it.
 */
export function encodeOptimizerInPieces(config: ArchitectureConfig, state: AdamWState): Iterable<Uint8Array> {
  const specs = listTrained(config, state.rank ?? null)
  const tensors = new Map(
    (['first', 'second'] as const).flatMap((moment) =>
      specs.map(({ name, shape }, k) => [`${moment}.${name}`, { shape, data: state[moment][k] }] as const),
    ),
  )
  const { step, beta1Power, beta2Power, rank } = state
  return encodeSafetensorsInPieces(tensors, {
    step: String(step),
    beta1Power: String(beta1Power),
    beta2Power: String(beta2Power),
    ...(rank === undefined ? {} : { rank: String(rank) }),
  })
}

/** @throws SubnetError OPTIMIZER_STATE_INVALID unless it is a whole state for exactly this architecture */
export function decodeOptimizer(config: ArchitectureConfig, bytes: Uint8Array): AdamWState {
  try {
    const scalars = metadataShape.parse(readSafetensorsMetadata(bytes))
    const tensors = decodeSafetensors(bytes)
    const specs = listTrained(config, scalars.rank ?? null)
    if (tensors.size !== 2 * specs.length) throw new RangeError(`${tensors.size} tensors`)
    const [first, second] = (['first', 'second'] as const).map((moment) =>
      specs.map(({ name, shape }) => {
        const tensor = tensors.get(`${moment}.${name}`)
        if (tensor?.shape.join() !== shape.join()) throw new RangeError(`${moment}.${name} is no [${shape}]`)
        return tensor.data
      }),
    )
    const negative = second.some((data) => data.some((value) => value < 0))
    if (negative) throw new RangeError('a second moment is negative')
    return { first, second, ...scalars }
  } catch (cause) {
    const reason = (cause as Error).message
    throw new SubnetError(
      'OPTIMIZER_STATE_INVALID',
      `The optimiser's state cannot be used: ${reason}. Fetch it again; nothing was loaded.`,
      { details: { reason }, cause },
    )
  }
}
