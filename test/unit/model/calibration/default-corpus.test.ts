import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hashCorpus, parseCorpus } from '../../../../model/calibration/corpus.ts'
import { shareAbove } from '../../../../model/calibration/histogram.ts'
import { deviationsOf, supportedStep, supportedTolerances } from '../../../../model/calibration/support.ts'
import { sha256 } from '../../../../model/checkpoint/hash.ts'
import { parseManifest } from '../../../../model/checkpoint/manifest.ts'
import { numericsOf } from '../../../../model/checkpoint/numerics.ts'

const read = (name: string) =>
  readFileSync(new URL(`../../../../models/default/${name}`, import.meta.url), 'utf8')
const text = read('calibration.json')
const corpus = parseCorpus(text, 'calibration.json')
const { numerics } = numericsOf('fast')
const { samplingTolerance, sketchTolerance, logprobTolerance, calibration } = numerics

/** A position's sketch lets another model pass, the mildest included, at most this often. */
const WORST_MISS = 1e-3

describe('the calibration of the default policy', () => {
  it('is the one that the fast profile and the policy’s manifest name', () => {
    expect(calibration).toBe(hashCorpus(corpus))
    expect(calibration).toBe(sha256(text))
    expect(parseManifest(read('manifest.json'), 'manifest.json').numerics).toEqual(numerics)
  })

  it('measured these weights, with this step', () => {
    const { weights, graphs } = parseManifest(read('manifest.json'), 'manifest.json')
    expect(corpus.policy).toEqual({ weights, graphs })
    expect(corpus.sketchStep).toBe(numerics.sketchStep)
    const drift = Math.max(...deviationsOf(corpus, 'honest', 'projection').map(({ largest }) => largest))
    expect(supportedStep(drift)).toBe(numerics.sketchStep)
  })

  it('supports exactly the tolerances that the fast profile has', () => {
    expect({ samplingTolerance, sketchTolerance, logprobTolerance }).toEqual(supportedTolerances(corpus))
  })

  it('comes from several classes of kernels, and from many positions on one of them', () => {
    expect(corpus.measurements.length).toBeGreaterThanOrEqual(3)
    expect(corpus.measurements[0].positions).toBeGreaterThanOrEqual(50_000)
  })

  describe.each(corpus.measurements)('on $kernels ($machine.cpu)', ({ candidates }) => {
    it.each(candidates.filter(({ kind }) => kind === 'honest'))(
      'rejects nothing of $name',
      ({ deviations }) => {
        expect(shareAbove(deviations.cumulative, samplingTolerance)).toBe(0)
        expect(shareAbove(deviations.sketch, sketchTolerance)).toBe(0)
        expect(shareAbove(deviations.logProbability, logprobTolerance)).toBe(0)
      },
    )

    it.each(candidates.filter(({ kind }) => kind !== 'honest'))(
      'tells $name by the sketch of a single position',
      ({ deviations }) => {
        const missed = 1 - shareAbove(deviations.sketch, sketchTolerance)
        // A count of nothing in few positions proves little: two standard errors are conceded to it.
        const { positions } = deviations.sketch
        expect(missed).toBeLessThanOrEqual(WORST_MISS + 2 * Math.sqrt(WORST_MISS / positions))
      },
    )
  })
})

it('the exact profile tolerates nothing, so there is nothing to calibrate', () => {
  expect(numericsOf('exact').numerics).toMatchObject({
    samplingTolerance: 0,
    sketchTolerance: 0,
    logprobTolerance: 0,
    calibration: null,
  })
})
