import { describe, expect, it } from 'vitest'
import { evmPublicKey, evmSignature } from '../../../../shared/beacon/evm-points.ts'
import { quicknet } from '../../../../shared/beacon/quicknet.ts'
import { singleSignerChain } from '../../../../shared/beacon/sign-round.ts'
import { verifyRound } from '../../../../shared/beacon/verify-round.ts'
import { recorded } from '../../../helpers/quicknet.ts'

const fieldOrder = BigInt(
  '0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab',
)
const word = (hex: string, at: number) => hex.slice(2 + 128 * at, 2 + 128 * (at + 1))

describe('EIP-2537 points', () => {
  it('encodes the public key of the secret key 1 as the generator that EIP-2537 publishes', () => {
    const secretKey = Uint8Array.from({ length: 32 }, (_, i) => Number(i === 31))
    const generator = [
      '024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8',
      '13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e',
      '0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801',
      '0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be',
    ]
    const encoded = evmPublicKey(singleSignerChain({ secretKey, genesisTime: 0, period: 3 }))
    expect(encoded).toBe(`0x${generator.map((element) => element.padStart(128, '0')).join('')}`)
  })

  it('encodes a recorded signature as the point on the curve with the same x', async () => {
    const [beacon] = recorded.rounds
    const encoded = evmSignature(await verifyRound(quicknet, BigInt(beacon.round), beacon))
    expect(encoded).toHaveLength(2 + 256)
    const [x, y] = [BigInt(`0x${word(encoded, 0)}`), BigInt(`0x${word(encoded, 1)}`)]
    expect(x).toBe(BigInt(`0x${beacon.signature}`) % (1n << 381n))
    expect((y * y - x * x * x - 4n) % fieldOrder).toBe(0n)
    const sign = (BigInt(`0x${beacon.signature}`) >> 381n) & 1n
    expect(y > fieldOrder - y).toBe(sign === 1n)
  })
})
