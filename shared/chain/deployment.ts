import { readFileSync } from 'node:fs'
import { type Address, getAddress, isAddress } from 'viem'
import { z } from 'zod'
import { assertBeaconChain, type BeaconChain, quicknetScheme } from '../beacon/chain-info.ts'
import { SubnetError } from '../errors.ts'

/** An address, in the checksummed form. */
export const addressSchema = z
  .string()
  .refine((text) => isAddress(text), 'an address: 0x and 40 hex digits, checksummed or lower case')
  .transform((text): Address => getAddress(text))

export const beaconChainSchema: z.ZodType<BeaconChain> = z.strictObject({
  publicKey: z.string(),
  hash: z.string(),
  genesisTime: z.int(),
  period: z.int(),
  schemeID: z.literal(quicknetScheme),
  groupHash: z.string(),
  beaconID: z.string(),
})

export const deploymentSchema = z.strictObject({
  name: z.string().min(1),
  chainId: z.int().min(1),
  /** First block of window 0; nothing of this subnet happened on chain before the blocks that deployed it. */
  startBlock: z.int().min(0),
  contracts: z.strictObject({
    accessManager: addressSchema,
    params: addressSchema,
    token: addressSchema,
    stakeRegistry: addressSchema,
    drandBeacon: addressSchema,
    rolloutLog: addressSchema,
    policyRegistry: addressSchema,
    scoreBook: addressSchema,
    rewardVault: addressSchema,
    settlement: addressSchema,
    disputes: addressSchema,
    timelock: addressSchema,
    governor: addressSchema,
  }),
  /** Whom the subnet trusts for randomness; `DrandBeacon` verifies against the same key. */
  beacon: beaconChainSchema,
})

/** Where a subnet lives: what `deploy/` writes and every role reads. */
export type Deployment = z.output<typeof deploymentSchema>

/**
 * Reads a deployment file.
 * @throws SubnetError DEPLOYMENT_MISSING, DEPLOYMENT_MALFORMED, BEACON_CHAIN_INVALID
 */
export function readDeployment(path: string): Deployment {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SubnetError(
      'DEPLOYMENT_MISSING',
      `cannot read the deployment file ${path}. Get it from whoever runs the subnet, or deploy one.`,
      { details: { path }, cause },
    )
  }
  return parseDeployment(text, path)
}

/** @param source what the text came from, for the error message */
export function parseDeployment(text: string, source: string): Deployment {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw malformed(source, 'it is not JSON', cause)
  }
  const parsed = deploymentSchema.safeParse(json)
  if (!parsed.success) throw malformed(source, z.prettifyError(parsed.error), parsed.error)
  assertBeaconChain(parsed.data.beacon)
  return parsed.data
}

function malformed(source: string, why: string, cause: unknown): SubnetError {
  return new SubnetError(
    'DEPLOYMENT_MALFORMED',
    `${source} is not a deployment file: ${why}. Copy it again from whoever runs the subnet.`,
    { details: { source }, cause },
  )
}
