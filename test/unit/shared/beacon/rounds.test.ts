import { roundAt as drandRoundAt, roundTime as drandRoundTime } from 'drand-client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quicknet } from '../../../../shared/beacon/quicknet.ts'
import { firstRoundAfter, roundAt, timeOfRound } from '../../../../shared/beacon/rounds.ts'
import { recorded } from '../../../helpers/quicknet.ts'

const genesis = BigInt(quicknet.genesisTime)
const schedule = fc.record({ genesisTime: fc.nat(), period: fc.integer({ min: 1, max: 3600 }) })
const seconds = fc.bigInt({ min: 0n, max: 1n << 40n })

describe('rounds', () => {
  it('counts round 1 at the genesis time and none before', () => {
    expect(roundAt(quicknet, genesis - 1n)).toBe(0n)
    expect(roundAt(quicknet, genesis)).toBe(1n)
    expect(roundAt(quicknet, genesis + 2n)).toBe(1n)
    expect(roundAt(quicknet, genesis + 3n)).toBe(2n)
  })

  it('takes the next round when one is published at the very time', () => {
    expect(firstRoundAfter(quicknet, genesis - 1n)).toBe(1n)
    expect(firstRoundAfter(quicknet, genesis)).toBe(2n)
  })

  it('puts the first round after a time strictly after it and at most a period away', () => {
    fc.assert(
      fc.property(schedule, seconds, (chain, time) => {
        const round = firstRoundAfter(chain, time)
        expect(timeOfRound(chain, round) > time).toBe(true)
        if (round > 1n) expect(timeOfRound(chain, round - 1n) <= time).toBe(true)
      }),
      { seed: 1 },
    )
  })

  it('counts as drand-client does', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 - 1 }), (sinceGenesis) => {
        const time = quicknet.genesisTime + sinceGenesis
        const round = roundAt(quicknet, BigInt(time))
        expect(Number(round)).toBe(drandRoundAt(time * 1000, recorded.info))
        expect(Number(timeOfRound(quicknet, round)) * 1000).toBe(drandRoundTime(recorded.info, Number(round)))
      }),
      { seed: 1 },
    )
  })
})
