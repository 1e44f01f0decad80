import { type Hex, stringToBytes } from 'viem'
import { z } from 'zod'
import { sha256 } from '../model/checkpoint/hash.ts'
import { canonicalJson } from '../model/checkpoint/manifest.ts'
import { SubnetError } from '../shared/errors.ts'
import { recipeShape } from './recipe.ts'

const hash = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value), {
  message: 'expected 0x and 64 lower-case hex digits',
})
const count = z.int().nonnegative()

const recordShape = z.strictObject({
  version: z.literal(1),
  /** Manifest hashes of the checkpoint that was updated and of the one that came out. */
  parent: hash,
  checkpoint: hash,
  /** sha256 of the optimiser's state before and after; null where it began with zeros. */
  optimizerBefore: hash.nullable(),
  optimizerAfter: hash,
  /** Schedule position: steps that the optimiser had taken before this update. */
  firstStep: count,
  /** What computed: the runtime pinned in the manifest, and which kernels it found on the learner's machine. */
  runtime: z.string(),
  kernels: z.string(),
  recipe: recipeShape,
  /** The groups in the order of their batches, each by its leaf; nothing is drawn, so there is no random state. */
  groups: z
    .array(z.strictObject({ window: count, miner: count, group: count, policy: hash, leaf: hash }))
    .min(1),
  /** One per optimiser step. */
  steps: z
    .array(
      z.strictObject({
        groups: count,
        rows: count,
        /** Completion tokens that the loss is the mean of. */
        tokens: count,
        loss: z.number(),
        gradientNorm: z.number(),
      }),
    )
    .min(1),
})

/** Everything that anyone needs to take an update again, besides the parent's and the groups' bytes. */
export type UpdateRecord = z.infer<typeof recordShape>

export function encodeRecord(record: UpdateRecord): Uint8Array {
  return stringToBytes(canonicalJson(record))
}

/** What the chain knows the record by, and a store as well: whoever reads the chain can ask for it. */
export function hashRecord(record: UpdateRecord): Hex {
  return sha256(encodeRecord(record))
}

/** @throws SubnetError UPDATE_RECORD_INVALID with every field that is wrong */
export function decodeRecord(bytes: Uint8Array): UpdateRecord {
  try {
    return recordShape.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
    throw new SubnetError(
      'UPDATE_RECORD_INVALID',
      `Not the record of an update: ${reason}. Fetch it again.`,
      {
        details: { reason },
        cause,
      },
    )
  }
}
