import type { Manifest } from '../checkpoint/manifest.ts'
import type { Corpus } from './corpus.ts'
import { type Histogram, powerOfTwoAbove } from './histogram.ts'

/**
 * The rule. Two honest engines are at most as far from each other as both are from the reference: twice the largest
 * honest drift. A tolerance is at least `MARGIN` times that, for machines and checkpoints that the corpus has not
 * seen, rounded up to what the corpus can count exactly: a power of two, or whole sketch steps. The sketch's margin
 * is the smaller one, since it alone tells models apart: a larger one would let in weights that were only rounded.
 * That both sketches are rounded costs nothing: projections at most n steps apart round to numbers at most n apart.
 */
const MARGIN = { sampling: 8, sketch: 3, logProbability: 8 } as const

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
