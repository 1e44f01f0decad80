import { bls12_381 } from '@noble/curves/bls12-381.js'
import { concat, type Hex, numberToHex } from 'viem'
import type { BeaconChain } from './chain-info.ts'
import type { VerifiedRound } from './verify-round.ts'

/** A round's signature as `DrandBeacon.submit` takes it: the point of G1 uncompressed, 128 bytes (EIP-2537). */
export function evmSignature({ signature }: VerifiedRound): Hex {
  const { x, y } = bls12_381.G1.Point.fromHex(signature.slice(2)).toAffine()
  return concat([x, y].map(fieldElement))
}

/** A chain's key as `DrandBeacon` is deployed with: the point of G2 uncompressed, 256 bytes (EIP-2537). */
export function evmPublicKey({ publicKey }: BeaconChain): Hex {
  const { x, y } = bls12_381.G2.Point.fromHex(publicKey).toAffine()
  return concat([x.c0, x.c1, y.c0, y.c1].map(fieldElement))
}

function fieldElement(value: bigint): Hex {
  return numberToHex(value, { size: 64 })
}
