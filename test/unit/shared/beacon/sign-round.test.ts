import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertBeaconChain } from '../../../../shared/beacon/chain-info.ts'
import { deriveBeaconKey, signRound, singleSignerChain } from '../../../../shared/beacon/sign-round.ts'
import { verifyRound } from '../../../../shared/beacon/verify-round.ts'

const seed = fc.uint8Array({ maxLength: 40 })
const anyRound = fc.bigInt({ min: 1n, max: BigInt(Number.MAX_SAFE_INTEGER) })

describe('the single-signer chain', () => {
  it('signs rounds that drand-client verifies', async () => {
    await fc.assert(
      fc.asyncProperty(seed, anyRound, async (seed, round) => {
        const secretKey = deriveBeaconKey(seed)
        const chain = singleSignerChain({ secretKey, genesisTime: 1_700_000_000, period: 3 })
        const signed = signRound(secretKey, round)
        expect((await verifyRound(chain, round, signed)).signature).toBe(`0x${signed.signature}`)
      }),
      { seed: 1, numRuns: 12 },
    )
  })

  it('has a true chain hash, which tells apart key, period and genesis time', () => {
    const secretKey = deriveBeaconKey(Uint8Array.of(1))
    const base = { secretKey, genesisTime: 1_700_000_000, period: 3 }
    const chains = [
      base,
      { ...base, secretKey: deriveBeaconKey(Uint8Array.of(2)) },
      { ...base, period: 4 },
      { ...base, genesisTime: 1_700_000_001 },
    ].map(singleSignerChain)
    chains.forEach(assertBeaconChain)
    expect(new Set(chains.map(({ hash }) => hash)).size).toBe(4)
  })

  it('derives the same key from the same seed alone', () => {
    expect(deriveBeaconKey(Uint8Array.of(1))).toEqual(deriveBeaconKey(Uint8Array.of(1)))
    expect(deriveBeaconKey(Uint8Array.of(1))).not.toEqual(deriveBeaconKey(Uint8Array.of(1, 0)))
  })

  it.each([
    ['zero', new Uint8Array(32)],
    ['33 bytes', new Uint8Array(33).fill(1)],
    ['31 bytes', new Uint8Array(31).fill(1)],
  ])('refuses %s as a key', (_, secretKey) => {
    expect(() => singleSignerChain({ secretKey, genesisTime: 0, period: 3 })).toThrow(
      expect.objectContaining({ code: 'BEACON_KEY_INVALID' }),
    )
  })
})
