import { bls12_381 } from '@noble/curves/bls12-381.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { type ChainClient, defaultChainOptions, fetchBeacon } from 'drand-client'
import type { Hex } from 'viem'
import { z } from 'zod'
import { SubnetError } from '../errors.ts'
import { type BeaconChain, toDrandInfo } from './chain-info.ts'

/** A round whose signature was checked against a pinned key. The only randomness anything here may use. */
export interface VerifiedRound {
  readonly round: bigint
  /** Compressed point of G1, 48 bytes. */
  readonly signature: Hex
  /** sha256 of the signature, 32 bytes. */
  readonly randomness: Hex
}

const drandAnswer = z.object({
  round: z.int().min(1),
  signature: z.string().regex(/^[0-9a-f]{96}$/, '48 bytes of hex'),
  randomness: z.string().regex(/^[0-9a-f]{64}$/, '32 bytes of hex'),
})

/**
 * Checks one answer of drand's `/public/{round}`: the round that was asked for, a canonical signature, valid
 * under the chain's key, and randomness that is its hash.
 *
 * @param round at least 1n: to drand-client, 0 means "latest", which two roles would see differently
 * @throws SubnetError BEACON_ROUND_INVALID (our own mistake), BEACON_INVALID (whoever answered is lying)
 */
export async function verifyRound(
  chain: BeaconChain,
  round: bigint,
  answer: unknown,
): Promise<VerifiedRound> {
  assertRound(round)
  const parsed = drandAnswer.safeParse(answer)
  if (!parsed.success) throw invalid(round, z.prettifyError(parsed.error))
  const { round: answered, signature, randomness: claimed } = parsed.data
  if (BigInt(answered) !== round) throw invalid(round, `the answer is round ${answered}`)
  assertCanonicalSignature(round, signature)
  const randomness = bytesToHex(sha256(hexToBytes(signature)))
  if (claimed !== randomness) throw invalid(round, 'its randomness is not the hash of its signature')

  const beacon = { round: answered, signature, randomness }
  const pinned: ChainClient = {
    options: defaultChainOptions,
    chain: () => ({ baseUrl: '', info: async () => toDrandInfo(chain) }),
    get: async () => beacon,
    latest: async () => beacon,
  }
  try {
    await fetchBeacon(pinned, answered)
  } catch (cause) {
    throw invalid(round, `its signature is not valid under the key of chain ${chain.hash}`, cause)
  }
  return { round, signature: `0x${signature}`, randomness: `0x${randomness}` }
}

/** @throws SubnetError BEACON_ROUND_INVALID */
export function assertRound(round: bigint): void {
  if (round < 1n || round > BigInt(Number.MAX_SAFE_INTEGER))
    throw new SubnetError(
      'BEACON_ROUND_INVALID',
      `${round} is not a beacon round: rounds count from 1; compute one with firstRoundAfter`,
      { details: { round } },
    )
}

/**
 * drand-client reduces the x coordinate modulo p while decoding, so that about a quarter of all signatures have
 * a second encoding (x + p) that it accepts too. Its hash differs: without this check a relay could choose
 * between two randomness values for one round.
 */
function assertCanonicalSignature(round: bigint, signature: string): void {
  const { Signature } = bls12_381.shortSignatures
  let encoded: string
  try {
    encoded = Signature.toHex(Signature.fromHex(signature))
  } catch (cause) {
    throw invalid(round, 'its signature is not the canonical encoding of a point of G1', cause)
  }
  if (encoded !== signature) throw invalid(round, 'its signature is not in canonical encoding')
}

function invalid(round: bigint, why: string, cause?: unknown): SubnetError {
  return new SubnetError('BEACON_INVALID', `not a valid beacon for round ${round}: ${why}`, {
    details: { round },
    cause,
  })
}
