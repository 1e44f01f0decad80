import type { Manifest } from '../checkpoint/manifest.ts'
import { numericsOf } from '../checkpoint/numerics.ts'
import { type Corpus, hashCorpus } from './corpus.ts'
import { type Histogram, powerOfTwoAbove } from './histogram.ts'

/**
 * The rule. Two honest engines are at most as far from each other as both are from the reference: twice the largest
 * honest drift. A tolerance is at least `MARGIN` times that, for machines and checkpoints that the corpus has not
 * seen, rounded up to what the corpus can count exactly: a power of two, or whole sketch steps. The sketch's margin
 * is the smaller one, since it alone tells models apart: a larger one would let in weights that were only rounded.
 * That both sketches are rounded costs nothing: projections at most n steps apart round to numbers at most n apart.
 */
const MARGIN = { sampling: 8, sketch: 3, logProbability: 8 } as const

/**
 * The quantum of sketches that a largest honest drift supports: the least power of two that is at least the drift, so
 * that a tolerance of a few steps fits it closely and is a small part of the 2^8 steps after which a sketch wraps
 * around. It grows with the policy's logits as the drift does, and is never less than the embedded policy's.
 */
export function supportedStep(largestDrift: number): number {
  return Math.max(numericsOf('fast').numerics.sketchStep, powerOfTwoAbove(largestDrift))
}

type Tolerances = Pick<Manifest['numerics'], 'samplingTolerance' | 'sketchTolerance' | 'logprobTolerance'>

/** The tolerances that a corpus supports: no smaller ones are safe for the honest, no larger ones are needed. */
export function supportedTolerances(corpus: Corpus): Tolerances {
  const apart = (name: 'cumulative' | 'projection' | 'logProbability') =>
    2 * Math.max(...deviationsOf(corpus, 'honest', name).map(({ largest }) => largest))
  const { sketchStep } = corpus
  return {
    samplingTolerance: powerOfTwoAbove(MARGIN.sampling * apart('cumulative')),
    sketchTolerance: sketchStep * Math.ceil((MARGIN.sketch * apart('projection')) / sketchStep),
    logprobTolerance: powerOfTwoAbove(MARGIN.logProbability * apart('logProbability')),
  }
}

/** What the fast profile promises of the policy that a corpus measured. */
export function supportedNumerics(corpus: Corpus): Manifest['numerics'] {
  return {
    ...numericsOf('fast').numerics,
    ...supportedTolerances(corpus),
    sketchStep: corpus.sketchStep,
    calibration: hashCorpus(corpus),
  }
}

type Candidate = Corpus['measurements'][number]['candidates'][number]

/** One histogram per candidate of a kind and kernel class. */
export function deviationsOf(
  corpus: Corpus,
  kind: Candidate['kind'],
  name: keyof Candidate['deviations'],
): Histogram[] {
  return corpus.measurements.flatMap(({ candidates }) =>
    candidates.filter((candidate) => candidate.kind === kind).map(({ deviations }) => deviations[name]),
  )
}
