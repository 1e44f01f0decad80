import { z } from 'zod'
import { SubnetError } from '../../shared/errors.ts'
import { type Hash, sha256 } from '../checkpoint/hash.ts'
import { canonicalJson } from '../checkpoint/manifest.ts'
import { DEVIATIONS } from './deviations.ts'

const histogram = z.strictObject({
  positions: z.int().positive(),
  zeros: z.int().nonnegative(),
  largest: z.number().nonnegative(),
  bins: z.array(z.tuple([z.number().positive(), z.int().positive()])),
})

const measurement = z.strictObject({
  /** Class of the native kernels, as `nativeKernelClass` names it. */
  kernels: z.string(),
  machine: z.strictObject({ arch: z.string(), cpu: z.string(), node: z.string() }),
  seed: z.int().nonnegative(),
  positions: z.int().positive(),
  candidates: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(['honest', 'border', 'impostor']),
      deviations: z.strictObject(
        Object.fromEntries(DEVIATIONS.map((name) => [name, histogram])) as Record<
          (typeof DEVIATIONS)[number],
          typeof histogram
        >,
      ),
    }),
  ),
})

const corpusShape = z.strictObject({
  version: z.literal(1),
  /** What was measured. Not the manifest's hash: a manifest names its corpus, so a corpus cannot name it. */
  policy: z.strictObject({
    weights: z.string(),
    graphs: z.strictObject({ decode: z.string(), score: z.string() }),
  }),
  /** Whose bits every deviation is measured from: the portable kernels, equal on every machine. */
  reference: z.string(),
  sketchStep: z.number().positive(),
  /** One per kernel class. */
  measurements: z.array(measurement).min(1),
})

/** Honest and impostor deviations of one policy on one or more classes of machine. */
export type Corpus = z.infer<typeof corpusShape>
export type Measurement = z.infer<typeof measurement>

/** What a manifest refers to a corpus by: the sha256 of its canonical JSON, which is the file as it is written. */
export function hashCorpus(corpus: Corpus): Hash {
  return sha256(canonicalJson(corpus))
}

/** @throws SubnetError CALIBRATION_MALFORMED with every field that is wrong */
export function parseCorpus(text: string, path: string): Corpus {
  try {
    return corpusShape.parse(JSON.parse(text))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    throw new SubnetError(
      'CALIBRATION_MALFORMED',
      `${path} is not a calibration corpus: ${reason}. Measure again with rollproof calibrate.`,
      { details: { file: path }, cause },
    )
  }
}

/**
 * Adds what other machines measured. Of two measurements of one kernel class the first stays.
 * @throws SubnetError CALIBRATION_MISMATCH when a corpus is of another policy, reference or step
 */
export function mergeCorpora(first: Corpus, others: readonly Corpus[]): Corpus {
  const subject = ({ measurements: _, ...rest }: Corpus) => canonicalJson(rest)
  const byKernels = new Map<string, Measurement>()
  for (const corpus of [first, ...others]) {
    if (subject(corpus) !== subject(first)) {
      throw new SubnetError(
        'CALIBRATION_MISMATCH',
        'the corpora measure different policies, engines or sketch steps, and cannot be one. Measure the same ' +
          'checkpoint with the same version on every machine.',
        { details: { expected: first.policy, actual: corpus.policy } },
      )
    }
    for (const item of corpus.measurements)
      if (!byKernels.has(item.kernels)) byKernels.set(item.kernels, item)
  }
  return { ...first, measurements: [...byKernels.values()] }
}
