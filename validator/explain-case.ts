import type { Address, Hex } from 'viem'
import { isAddress } from 'viem'
import { z } from 'zod'
import { canonicalJson } from '../model/checkpoint/manifest.ts'
import type { BeaconChain } from '../shared/beacon/chain-info.ts'
import type { VerifiedRound } from '../shared/beacon/verify-round.ts'
import { beaconChainSchema } from '../shared/chain/deployment.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Commitment } from '../shared/protocol/commitment.ts'
import type { Rules } from '../shared/protocol/rules.ts'

/** An answer of drand's `/public/{round}`, unverified; hex without prefix. */
export interface BeaconAnswer {
  readonly round: number
  readonly signature: string
  readonly randomness: string
}

/**
 * Everything that one miner's verdicts in one window are a function of, but the checkpoint, which is named by its
 * hash. What the chain said (block hash, rules, commitment, policy, number of validators) is taken as it stands:
 * offline nobody can ask it again. The beacon's rounds carry their signatures and are verified.
 */
export interface ExplainCase {
  readonly chainId: number
  /** Address of RolloutLog. */
  readonly subnet: Address
  readonly window: number
  readonly miner: number
  readonly beacon: BeaconChain
  readonly blockHash: Hex
  readonly openRound: BeaconAnswer
  readonly auditRound: BeaconAnswer
  readonly rules: Rules
  /** Manifest hash. */
  readonly policy: Hex
  readonly commitment: Commitment
  /** Validators that ever registered, each with a sample of its own. */
  readonly validators: number
  /** As it was fetched, whatever it is. */
  readonly bundle: Uint8Array
}

const hash = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value), {
  message: 'expected 0x and 64 lower-case hex digits',
})
const nat = z.int().min(0)
const uint32 = nat.max(0xffff_ffff)
const answer = z.strictObject({ round: nat, signature: z.string(), randomness: z.string() })

const file = z.strictObject({
  version: z.literal(1),
  chainId: nat,
  subnet: z.custom<Address>((value) => typeof value === 'string' && isAddress(value), 'expected an address'),
  window: nat,
  miner: uint32,
  beacon: beaconChainSchema,
  blockHash: hash,
  openRound: answer,
  auditRound: answer,
  rules: z.strictObject({
    groupSize: z.int().min(1).max(0xffff),
    maxGroups: z.int().min(1).max(0xffff),
    auditRatePpm: nat.max(1_000_000),
    auditFloor: nat.max(0xffff),
    sketchPositions: nat.max(0xffff),
    coefficients: z.strictObject({
      base: uint32,
      correctness: uint32,
      reasoning: uint32,
      satisfaction: uint32,
      signal: uint32,
    }),
  }),
  policy: hash,
  commitment: z.strictObject({ root: hash, groups: uint32 }),
  validators: uint32.max(65_536),
  bundle: z.base64().transform((text): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))),
})

export function answerOf({ round, signature, randomness }: VerifiedRound): BeaconAnswer {
  return { round: Number(round), signature: signature.slice(2), randomness: randomness.slice(2) }
}

/** One line of JSON with sorted keys: the same case is the same file. */
export function encodeCase({ bundle, ...facts }: ExplainCase): string {
  return `${canonicalJson({ ...facts, bundle: Buffer.from(bundle).toString('base64'), version: 1 })}\n`
}

/**
 * @param source what the text came from, for the error message
 * @throws SubnetError CASE_MALFORMED
 */
export function parseCase(text: string, source: string): ExplainCase {
  try {
    const { version: _, ...facts } = file.parse(JSON.parse(text))
    return facts
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
    throw new SubnetError(
      'CASE_MALFORMED',
      `${source} is not a case: ${why}. Fetch it again with: rollproof explain WINDOW/MINER/GROUP/ROLLOUT --save FILE.`,
      { details: { source }, cause },
    )
  }
}
