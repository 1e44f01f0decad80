import { describe, expect, it } from 'vitest'
import { type Corpus, hashCorpus, mergeCorpora, parseCorpus } from '../../../../model/calibration/corpus.ts'
import { supportedStep, supportedTolerances } from '../../../../model/calibration/support.ts'
import { canonicalJson } from '../../../../model/checkpoint/manifest.ts'

const histogram = (largest: number) => ({
  positions: 1,
  zeros: 0,
  largest,
  bins: [[1, 1]] as [number, number][],
})

function corpusOf(kernels: string, drift: number): Corpus {
  return {
    version: 1,
    policy: { weights: '0x1', graphs: { decode: '0x2', score: '0x3' } },
    reference: 'portable',
    sketchStep: 2 ** -16,
    measurements: [
      {
        kernels,
        machine: { arch: 'x64', cpu: 'some', node: 'v22' },
        seed: 1,
        positions: 1,
        candidates: (['honest', 'impostor'] as const).map((kind) => ({
          name: kind,
          kind,
          deviations: {
            sampling: histogram(0),
            cumulative: histogram(kind === 'honest' ? drift : 1),
            sketch: histogram(0),
            projection: histogram(kind === 'honest' ? drift : 1),
            logProbability: histogram(kind === 'honest' ? drift : 1),
          },
        })),
      },
    ],
  }
}

describe('a corpus', () => {
  const corpus = corpusOf('native-a', 2 ** -20)

  it('is read back from its canonical JSON', () => {
    expect(parseCorpus(canonicalJson(corpus), 'c.json')).toEqual(corpus)
    expect(hashCorpus(parseCorpus(canonicalJson(corpus), 'c.json'))).toBe(hashCorpus(corpus))
  })

  it.each(['', '{}', '[]', 'null', canonicalJson({ ...corpus, measurements: [] })])('is not %s', (text) => {
    expect(() => parseCorpus(text, 'c.json')).toThrow(
      expect.objectContaining({ code: 'CALIBRATION_MALFORMED' }),
    )
  })

  it('takes in other classes of kernels, each once', () => {
    const merged = mergeCorpora(corpus, [corpusOf('native-b', 1), corpusOf('native-a', 1)])
    expect(merged.measurements.map(({ kernels }) => kernels)).toEqual(['native-a', 'native-b'])
    expect(merged.measurements[0]).toEqual(corpus.measurements[0])
  })

  it('takes in nothing of another policy', () => {
    const other = { ...corpus, policy: { ...corpus.policy, weights: '0x9' } }
    expect(() => mergeCorpora(corpus, [other])).toThrow(
      expect.objectContaining({ code: 'CALIBRATION_MISMATCH' }),
    )
  })
})

describe('supportedTolerances', () => {
  it('are 16 times the largest honest drift of any class, 6 times for sketches, rounded up; impostors have no say', () => {
    const corpus = mergeCorpora(corpusOf('native-a', 2 ** -30), [corpusOf('native-b', 1.1 * 2 ** -18)])
    expect(supportedTolerances(corpus)).toEqual({
      samplingTolerance: 2 ** -13,
      sketchTolerance: 2 * 2 ** -16,
      logprobTolerance: 2 ** -13,
    })
  })
})

it.each([
  ['is the embedded policy’s while its drift is no larger', 1e-7, 2 ** -16],
  ['grows with the drift, to the next power of two', 1.1 * 2 ** -14, 2 ** -13],
  ['is the drift where that is a power of two', 2 ** -12, 2 ** -12],
])('the supported step %s', (_, drift, step) => {
  expect(supportedStep(drift)).toBe(step)
})
