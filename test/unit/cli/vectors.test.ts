import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseVector } from '../../../cli/vectors/parse-vector.ts'
import { replayVector } from '../../../cli/vectors/replay-vector.ts'

const differencesOf = (text: string) =>
  replayVector(parseVector(text, 'file')).map((step) => step.differences)
const read = (name: string) => readFileSync(new URL(`../../vectors/yuma/${name}`, import.meta.url), 'utf8')
const base = { n: 2, stake: [3, 1], kappa: '32767/65535', emission: 1_000_000_000 }
const replay = (step: object, file: object = {}) =>
  differencesOf(JSON.stringify({ ...base, ...file, steps: [step] }))

describe('golden cases', () => {
  it.each([
    ['bonds.json', 8],
    ['active-stake.json', 3],
  ])('%s is reproduced to the last digit', (name, steps) => {
    expect(differencesOf(read(name))).toEqual(Array.from({ length: steps }, () => []))
  })

  it.each(['bonds.json', 'active-stake.json'])(
    'any digit of %s that changes fails its step alone',
    (name) => {
      const file = JSON.parse(read(name))
      for (const [step, { expectEmission, expectBonds }] of file.steps.entries()) {
        for (const list of [expectEmission, expectBonds?.values ?? []]) {
          for (const place of list.keys()) {
            list[place] += 1
            const failed = differencesOf(JSON.stringify(file)).flatMap((found, i) => found.map(() => i))
            list[place] -= 1
            expect(failed).toEqual([step])
          }
        }
      }
    },
  )

  it('pays by stake where nobody gave a weight, and by unmasked stake where nobody is active', () => {
    expect(replay({ expectEmission: [750_000_000, 250_000_000] })).toEqual([[]])
    expect(replay({ inactive: [false, true], expectEmission: [1_000_000_000, 0] })).toEqual([[]])
    expect(replay({ inactive: [true, true], expectEmission: [750_000_000, 250_000_000] })).toEqual([[]])
  })

  it('counts neither a weight on oneself, nor one without permit, nor one older than its target', () => {
    const weights = [
      [
        [0, 65_535],
        [1, 1],
      ],
      [[0, 7]],
    ]
    const step = { weights, expectIncentiveU16: [0, 65_535], expectConsensusU16: [0, 65_535] }
    expect(replay({ ...step, expectValidatorTrust: [65_535, 0] })).toEqual([[]])
    expect(replay({ ...step, permit: [false, true], expectIncentiveU16: [65_535, 0] })).toEqual([
      ['expectConsensusU16[0]: expected 0, got 65535', 'expectConsensusU16[1]: expected 65535, got 0'],
    ])
    const registration = { lastUpdate: [5, 5], blockAtRegistration: [0, 5], currentBlock: 10 }
    expect(replay({ weights, ...registration, expectIncentive: [0, 0] })).toEqual([[]])
    expect(
      replay({ weights, ...registration, blockAtRegistration: [0, 4], expectIncentive: [0, 65_535] }),
    ).toEqual([[]])
  })

  it('clips at the stake-weighted median, and charges bonds for the excess by the penalty', () => {
    const weights = [
      [
        [2, 1],
        [3, 3],
      ],
      [
        [2, 3],
        [3, 1],
      ],
      [],
      [],
    ]
    const file = { n: 4, stake: [3, 1, 0, 0], bondsMovingAverage: 0 }
    // A third in 32 bits is below a third: its share of 65535 is 21844.
    const expected = { expectRank: [0, 0, 18_724, 46_810], expectTrust: [0, 0, 43_689, 65_535] }
    const steps = [
      { ...expected, expectBonds: { row: 1, columns: [2, 3], values: [21_844, 7_281] } },
      { ...expected, bondsPenalty: 0, expectBonds: { row: 1, columns: [2, 3], values: [65_535, 7_281] } },
      { ...expected, bondsPenalty: '1/2', expectBonds: { row: 1, columns: [2, 3], values: [43_689, 7_281] } },
    ]
    for (const step of steps) {
      expect(replay({ weights, ...step }, file)).toEqual([[]])
    }
  })

  it('reads integers beyond 2^53 exactly', () => {
    const text =
      '{"n":2,"stake":[36028797018963969,36028797018963967],"emission":72057594037927936,"steps":[{"expectEmission":[36028797018963968,36028797002186752]}]}'
    expect(differencesOf(text)).toEqual([[]])
  })

  it.each([
    { expectSomething: [1] },
    { expectEmission: 5 },
    { expectEmission: [1, 2, 3] },
    { expectBonds: { column: 0, rows: [0, 1], values: [0] } },
    { expectBonds: { column: 7, rows: [0], values: [0] } },
  ])('an expectation that is not understood fails: %j', (step) => {
    expect(replay(step)[0]).not.toEqual([])
  })

  it.each([
    ['[', 'not JSON'],
    ['{}', 'steps'],
    ['{"n":1,"steps":[]}', 'steps'],
    ['{"n":1,"steps":[{}]}', 'expects nothing'],
    ['{"n":0,"steps":[{"expectRank":[]}]}', 'n'],
    ['{"n":1,"stake":[1,2],"steps":[{"expectRank":[0]}]}', 'stake has 2 entries'],
    ['{"n":1,"stake":[-1],"steps":[{"expectRank":[0]}]}', 'negative'],
    ['{"n":1,"kappa":"1/0","steps":[{"expectRank":[0]}]}', 'kappa'],
    ['{"n":1,"kappa":"3/2","steps":[{"expectRank":[0]}]}', 'kappa'],
    ['{"n":1,"bondsMovingAverage":1000001,"steps":[{"expectRank":[0]}]}', 'bondsMovingAverage'],
    ['{"n":1,"steps":[{"weights":[[[1,5]]],"expectRank":[0]}]}', 'beyond n'],
    ['{"n":1,"steps":[{"weights":[[[0,5],[0,6]]],"expectRank":[0]}]}', 'twice'],
    ['{"n":1,"steps":[{"weights":[[[0,65536]]],"expectRank":[0]}]}', '65535'],
  ])('refuses %s', (text, mistake) => {
    expect(() => parseVector(text, 'file')).toThrow(
      expect.objectContaining({ code: 'VECTOR_MALFORMED', message: expect.stringContaining(mistake) }),
    )
  })
})
