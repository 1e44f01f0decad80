import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chainHash, parseDrandInfo, toDrandInfo } from '../../../../shared/beacon/chain-info.ts'
import { quicknet } from '../../../../shared/beacon/quicknet.ts'
import { recorded } from '../../../helpers/quicknet.ts'

describe('chain info', () => {
  it('pins quicknet exactly as drand publishes it', () => {
    expect(toDrandInfo(quicknet)).toEqual(recorded.info)
    expect(parseDrandInfo(recorded.info)).toEqual(quicknet)
  })

  it('recomputes the published chain hash of quicknet', () => {
    expect(chainHash(quicknet)).toBe(recorded.info.hash)
  })

  it('recomputes the published chain hash of the testnet with the same scheme', () => {
    const { hash, ...chain } = parseDrandInfo({
      public_key:
        'b15b65b46fb29104f6a4b5d1e11a8da6344463973d423661bb0804846a0ecd1ef93c25057f1c0baab2ac53e56c662b66072f6d84ee791a3382bfb055afab1e6a375538d8ffc451104ac971d2dc9b168e2d3246b0be2015969cbaac298f6502da',
      period: 3,
      genesis_time: 1689232296,
      hash: 'cc9c398442737cbd141526600919edd69f1d6f9b4adb67e4d912fbc64341a9a5',
      groupHash: '40d49d910472d4adb1d67f65db8332f11b4284eecf05c05c5eacd5eef7d40e2d',
      schemeID: 'bls-unchained-g1-rfc9380',
      metadata: { beaconID: 'quicknet-t' },
    })
    expect(chainHash(chain)).toBe(hash)
  })

  it('leaves the id of the default chain out of the hash, as drand does', () => {
    const { hash } = parseDrandInfo(recorded.info)
    expect(chainHash({ ...quicknet, beaconID: 'default' })).not.toBe(hash)
    expect(() =>
      parseDrandInfo({
        ...recorded.info,
        hash: chainHash({ ...quicknet, beaconID: 'default' }),
        metadata: { beaconID: 'default' },
      }),
    ).not.toThrow()
  })

  it('refuses a chain with any field changed', () => {
    const changed = fc.oneof(
      fc.integer({ min: 0 }).map((genesis_time) => ({ genesis_time })),
      fc.integer({ min: 1 }).map((period) => ({ period })),
      fc.constantFrom('public_key', 'hash', 'groupHash').chain((field) => {
        const value = recorded.info[field as 'hash']
        return fc
          .tuple(fc.nat(value.length - 1), fc.constantFrom(...'0123456789abcdef'))
          .map(([at, digit]) => ({ [field]: value.slice(0, at) + digit + value.slice(at + 1) }))
      }),
      fc.string({ maxLength: 80 }).map((beaconID) => ({ metadata: { beaconID } })),
    )
    fc.assert(
      fc.property(changed, (change) => {
        const info = { ...recorded.info, ...change }
        fc.pre(JSON.stringify(info) !== JSON.stringify(recorded.info))
        expect(() => parseDrandInfo(info)).toThrow(expect.objectContaining({ code: 'BEACON_CHAIN_INVALID' }))
      }),
      { seed: 1 },
    )
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['another scheme', { ...recorded.info, schemeID: 'pedersen-bls-chained' }],
    ['a fractional period', { ...recorded.info, period: 0.5 }],
    ['a missing key', { ...recorded.info, public_key: undefined }],
  ])('refuses %s', (_, info) => {
    expect(() => parseDrandInfo(info)).toThrow(expect.objectContaining({ code: 'BEACON_CHAIN_INVALID' }))
  })
})
