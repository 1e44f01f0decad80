import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseCorpus } from '../../../../model/calibration/corpus.ts'
import { shareAbove } from '../../../../model/calibration/histogram.ts'
import {
  deviationsOf,
  supportedNumerics,
  supportedStep,
  supportedTolerances,
} from '../../../../model/calibration/support.ts'
import { sha256 } from '../../../../model/checkpoint/hash.ts'

const path = new URL('../../../../docs/models/smollm2-135m-instruct-q4_1.calibration.json', import.meta.url)
const text = readFileSync(path, 'utf8')
const corpus = parseCorpus(text, path.pathname)
const { sketchTolerance, logprobTolerance, samplingTolerance } = supportedTolerances(corpus)
const [{ candidates, positions }] = corpus.measurements

describe('the corpus of SmolLM2-135M that is published here', () => {
  it('has the step and the tolerances that its honest drift supports', () => {
    const drift = Math.max(...deviationsOf(corpus, 'honest', 'projection').map(({ largest }) => largest))
    expect(corpus.sketchStep).toBe(supportedStep(drift))
    expect(supportedNumerics(corpus)).toMatchObject({
      ...{ profile: 'fast', sketchStep: 2 ** -14, sketchTolerance: 2 ** -12, calibration: sha256(text) },
      ...{ samplingTolerance: 2 ** -11, logprobTolerance: 2 ** -9 },
    })
  })

  it.each(candidates.filter(({ kind }) => kind === 'honest'))(
    'rejects nothing of $name',
    ({ deviations }) => {
      expect(shareAbove(deviations.cumulative, samplingTolerance)).toBe(0)
      expect(shareAbove(deviations.sketch, sketchTolerance)).toBe(0)
      expect(shareAbove(deviations.logProbability, logprobTolerance)).toBe(0)
    },
  )

  it.each(candidates.filter(({ kind }) => kind !== 'honest'))(
    'tells $name by the sketch of a single position, but for one in 2,544 at most',
    ({ deviations }) => {
      expect(1 - shareAbove(deviations.sketch, sketchTolerance)).toBeLessThanOrEqual(1 / positions)
    },
  )
})
