import { type Hex, keccak256, stringToBytes } from 'viem'
import { z } from 'zod'
import { SubnetError } from '../../shared/errors.ts'

const hash = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value), {
  message: 'expected 0x and 64 lower-case hex digits',
})
const tolerance = z.number().nonnegative()
const token = z.int().nonnegative()

const manifestShape = z.strictObject({
  version: z.literal(1),
  /** sha256 of model.safetensors, tokenizer.json and config.json. */
  weights: hash,
  tokenizer: hash,
  /** Root of the token table; absent where tokens have no bytes of their own, or nobody made it. */
  tokenTable: hash.optional(),
  architecture: hash,
  /** sha256 of the ONNX bytes that decode and score, built from these weights and this temperature. */
  graphs: z.strictObject({ decode: hash, score: hash }),
  /** Engine and pinned version. */
  runtime: z.string(),
  sampling: z.strictObject({
    temperature: z.number().positive(),
    maxTokens: z.int().positive(),
    endToken: token,
    /** Tokens around every problem, as the policy's chat template puts them; absent where problems are asked bare. */
    frame: z.strictObject({ before: z.array(token), after: z.array(token) }).optional(),
  }),
  environment: z.strictObject({ id: z.string(), parametersHash: hash }),
  numerics: z.strictObject({
    profile: z.enum(['exact', 'fast']),
    kernels: z.string(),
    /** Largest accepted distance of u outside the token's interval, as a share of the total probability. */
    samplingTolerance: tolerance,
    /** Largest accepted difference of a sketch value, in units of the projection (not steps). */
    sketchTolerance: tolerance,
    /** Largest accepted difference of a log-probability, in nats. */
    logprobTolerance: tolerance,
    /** Quantum of a sketch value. */
    sketchStep: z.number().positive(),
    /** Hash of the calibration that the tolerances come from. */
    calibration: hash.nullable(),
  }),
  /** Manifest hash of the checkpoint that this one was trained from. */
  parent: hash.nullable(),
})

/** The identity of a policy: everything that decides which tokens it owes. */
export type Manifest = z.infer<typeof manifestShape>

/** JSON with sorted keys and no spaces: one value, one byte string. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`
}

/** What the chain knows the policy by. */
export function hashManifest(manifest: Manifest): Hex {
  return keccak256(stringToBytes(canonicalJson(manifest)))
}

/** @throws SubnetError CHECKPOINT_CORRUPT with every field that is wrong */
export function parseManifest(text: string, path: string): Manifest {
  try {
    return manifestShape.parse(JSON.parse(text))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    throw new SubnetError(
      'CHECKPOINT_CORRUPT',
      `${path} is not a policy manifest: ${reason}. Fetch the checkpoint again.`,
      { details: { file: path }, cause },
    )
  }
}
