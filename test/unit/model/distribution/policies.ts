import { join } from 'node:path'
import type { Hex } from 'viem'
import { type Checkpoint, createCheckpoint } from '../../../../model/checkpoint/checkpoint.ts'
import { writeCheckpoint } from '../../../../model/checkpoint/write-checkpoint.ts'
import { smallCheckpoint, smallConfig } from '../small-policy.ts'

/** About 5 MB of weights: five chunks. */
const config = smallConfig({ vocab_size: 30_000, tie_word_embeddings: true })

export const first = smallCheckpoint(config)

/** What a step might leave: every hundredth element of the embedding a little different. */
export function childOf(parent: Checkpoint, step: number): Checkpoint {
  const weights = new Map(parent.weights)
  const [name, tensor] = [...weights].reduce((a, b) => (b[1].data.length > a[1].data.length ? b : a))
  const data = tensor.data.map((value, i) => (i % 100 === step ? value * 1.001 : value))
  weights.set(name, { ...tensor, data })
  const { manifest } = parent
  return createCheckpoint({ ...parent, ...manifest, weights, parent: parent.manifestHash })
}

export async function put(root: string, checkpoint: Checkpoint): Promise<{ dir: string; manifestHash: Hex }> {
  const dir = join(root, checkpoint.manifestHash)
  await writeCheckpoint(dir, checkpoint)
  return { dir, manifestHash: checkpoint.manifestHash }
}
