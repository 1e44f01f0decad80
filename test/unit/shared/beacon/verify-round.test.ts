import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { defaultChainOptions, fetchBeacon } from 'drand-client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { toDrandInfo } from '../../../../shared/beacon/chain-info.ts'
import { quicknet } from '../../../../shared/beacon/quicknet.ts'
import { deriveBeaconKey, signRound, singleSignerChain } from '../../../../shared/beacon/sign-round.ts'
import { verifyRound } from '../../../../shared/beacon/verify-round.ts'
import { recorded } from '../../../helpers/quicknet.ts'

const [beacon] = recorded.rounds
const round = BigInt(beacon.round)
const lie = expect.objectContaining({ code: 'BEACON_INVALID', retryable: false })

/** An answer that is consistent in itself: whoever forges one can hash. */
const forged = (signature: string) => ({
  round: beacon.round,
  signature,
  randomness: bytesToHex(sha256(hexToBytes(signature))),
})

afterEach(() => vi.restoreAllMocks())

describe('verifyRound', () => {
  it('accepts a recorded round of quicknet', async () => {
    expect(await verifyRound(quicknet, round, beacon)).toEqual({
      round,
      signature: `0x${beacon.signature}`,
      randomness: `0x${beacon.randomness}`,
    })
  })

  it.each([
    ['another round', { ...beacon, round: beacon.round + 1 }],
    ['randomness that is not the hash of the signature', { ...beacon, randomness: '00'.repeat(32) }],
    ['a flipped bit', forged(beacon.signature.replace(/9$/, '8'))],
    ['the point at infinity', forged(`c0${'00'.repeat(47)}`)],
    ['a signature of another key', signRound(deriveBeaconKey(Uint8Array.of(1)), round)],
    ['upper-case hex', { ...beacon, signature: beacon.signature.toUpperCase() }],
    ['a number as text', { ...beacon, round: String(beacon.round) }],
    ['no signature', { round: beacon.round, randomness: beacon.randomness }],
    ['nothing', undefined],
    ['text', 'beacon'],
  ])('refuses %s', async (_, answer) => {
    await expect(verifyRound(quicknet, round, answer)).rejects.toEqual(lie)
  })

  it('refuses the second encoding of a signature, which drand-client accepts with other randomness', async () => {
    const secretKey = Uint8Array.from({ length: 32 }, (_, i) => (i < 30 ? 0 : [0x30, 0x39][i - 30]))
    const chain = singleSignerChain({ secretKey, genesisTime: 0, period: 3 })
    const honest = signRound(secretKey, 1n)
    const fieldOrder = BigInt(
      '0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab',
    )
    const signature = (BigInt(`0x${honest.signature}`) + fieldOrder).toString(16)
    const twin = { round: 1, signature, randomness: bytesToHex(sha256(hexToBytes(signature))) }
    const client = {
      options: defaultChainOptions,
      chain: () => ({ baseUrl: '', info: async () => toDrandInfo(chain) }),
      get: async () => twin,
      latest: async () => twin,
    }

    expect(await fetchBeacon(client, 1)).toEqual(twin)
    await expect(verifyRound(chain, 1n, twin)).rejects.toEqual(lie)
    expect((await verifyRound(chain, 1n, honest)).randomness).toBe(`0x${honest.randomness}`)
  })

  it('refuses a valid beacon under a chain with another key', async () => {
    const chain = singleSignerChain({
      secretKey: deriveBeaconKey(Uint8Array.of(2)),
      genesisTime: 0,
      period: 3,
    })
    await expect(verifyRound(chain, round, beacon)).rejects.toEqual(lie)
  })

  it.each([0n, -1n, 1n << 53n])('refuses to ask for round %s', async (asked) => {
    await expect(verifyRound(quicknet, asked, { ...beacon, round: Number(asked) })).rejects.toEqual(
      expect.objectContaining({ code: 'BEACON_ROUND_INVALID' }),
    )
  })

  it('says nothing on the console about a false answer', async () => {
    const print = vi.spyOn(console, 'error')
    await expect(verifyRound(quicknet, round + 1n, beacon)).rejects.toEqual(lie)
    await expect(verifyRound(quicknet, round, { ...beacon, previous_signature: '00' })).resolves.toBeDefined()
    expect(print).not.toHaveBeenCalled()
  })
})
