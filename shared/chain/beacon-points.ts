import { bls12_381 } from '@noble/curves/bls12-381.js'
import { concatHex, type Hex, numberToHex } from 'viem'
import { SubnetError } from '../errors.ts'

/**
 * A compressed point of G1 as EIP-2537 takes it: x and y, 64 bytes each.
 * @param signature 48 bytes
 * @throws SubnetError BEACON_POINT_INVALID
 */
export function uncompressSignature(signature: Hex): Hex {
  return decode(signature, () => {
    const { x, y } = bls12_381.G1.Point.fromHex(signature.slice(2)).toAffine()
    return concatHex([x, y].map(fieldElement))
  })
}

/**
 * A compressed point of G2: x.c0, x.c1, y.c0, y.c1, 64 bytes each.
 * @param publicKey 96 bytes
 * @throws SubnetError BEACON_POINT_INVALID
 */
export function uncompressPublicKey(publicKey: Hex): Hex {
  return decode(publicKey, () => {
    const { x, y } = bls12_381.G2.Point.fromHex(publicKey.slice(2)).toAffine()
    return concatHex([x.c0, x.c1, y.c0, y.c1].map(fieldElement))
  })
}

function fieldElement(value: bigint): Hex {
  return numberToHex(value, { size: 64 })
}

function decode(point: Hex, uncompress: () => Hex): Hex {
  try {
    return uncompress()
  } catch (cause) {
    throw new SubnetError('BEACON_POINT_INVALID', `${point} is not a compressed BLS12-381 point`, {
      details: { point },
      cause,
    })
  }
}
