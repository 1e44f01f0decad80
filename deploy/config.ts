import { z } from 'zod'
import { quicknet } from '../shared/beacon/quicknet.ts'
import { addressSchema, beaconChainSchema } from '../shared/chain/deployment.ts'
import { SubnetError } from '../shared/errors.ts'

/** Token units: decimal text in JSON, which has no integers of that size. */
const tokens = z.union([z.bigint(), z.string().regex(/^\d+$/, 'decimal digits').transform(BigInt)])
const blocks = z.int().min(1)
const ppm = z.int().min(0)

/** What a subnet is deployed with. The contracts check bounds and phases again, and name what is impossible. */
export const subnetConfigSchema = z.strictObject({
  name: z.string().min(1),
  token: z.strictObject({
    name: z.string().min(1),
    symbol: z.string().min(1),
    cap: tokens,
    /** Counts in the cap. */
    genesisSupply: tokens,
    genesisHolder: addressSchema,
  }),
  schedule: z.strictObject({
    /** Blocks from the start of the deployment to window 0; enough to deploy and to register in. */
    startDelayBlocks: blocks,
    windowBlocks: blocks,
    commitBlocks: blocks,
    epochWindows: blocks,
    revealBlocks: blocks,
    beaconDelaySeconds: z.int().min(0),
  }),
  rules: z.strictObject({
    groupSize: z.int(),
    maxGroups: z.int(),
    auditFloor: z.int(),
    sketchPositions: z.int(),
    /** Of 65535. */
    kappa: z.int().default(32_767),
    treasurySharePpm: ppm.default(0),
    /** Of 65535. */
    bondsPenalty: z.int().default(65_535),
    bondsMovingAveragePpm: ppm.default(900_000),
    nonRevealSlashPpm: ppm.default(10_000),
    faultSlashPpm: ppm.default(500_000),
    auditRatePpm: ppm,
    minerSharePpm: ppm.default(500_000),
    quorumPpm: ppm.default(666_667),
    scoreBasePpm: ppm,
    scoreCorrectnessPpm: ppm,
    scoreReasoningPpm: ppm,
    scoreSatisfactionPpm: ppm,
    scoreSignalPpm: ppm,
    minMinerStake: tokens,
    minValidatorStake: tokens,
    /** Lower than the schedule where less should be emitted. */
    emissionPerEpoch: tokens.default(2n ** 128n - 1n),
  }),
  /** The most that is ever emitted, whatever is voted. */
  emission: z.strictObject({
    perEpoch: tokens,
    /** Epochs after which it halves, again and again; 0 keeps it constant until the cap. */
    halvingEpochs: z.int().min(0).default(0),
  }),
  /** Blocks for which a leaving stake stays slashable. */
  unbondingBlocks: blocks,
  governance: z.strictObject({
    /** Blocks from a proposal to its vote, whose votes are counted as held at that block. */
    votingDelayBlocks: blocks,
    votingPeriodBlocks: blocks,
    /** How many blocks a vote stays open at least after it reaches quorum. */
    lateQuorumBlocks: blocks,
    /** Of the token supply: how much must vote for or abstain. */
    quorumPercent: z.int().min(1).max(100),
    /** Votes needed to propose. */
    proposalThreshold: tokens,
    /** Between a passed vote and its effect; longer than unbonding, so that who disagrees can leave first. */
    timelockSeconds: z.int().min(1),
    /** The longest that a block of this chain usually takes: what weighs unbonding against the timelock. */
    secondsPerBlock: z.number().positive().default(12),
  }),
  /** Where slashed tokens, prices and the treasury’s share go, the timelock's own account for one; burned when absent. */
  treasury: z.union([addressSchema, z.literal('timelock')]).optional(),
  /** What an identity costs besides its bond. */
  registration: z.strictObject({
    floor: tokens,
    /** Blocks in which a price raised by registrations falls by half. */
    halvingBlocks: blocks,
  }),
  /**
   * Blocks in which validators may object to a published checkpoint: long enough to take two updates again, and to
   * be heard. A policy is used from the first window that begins after them.
   */
  challengeBlocks: blocks,
  /** Who may publish checkpoints. */
  learner: addressSchema,
  beacon: beaconChainSchema.default(quicknet),
})

export type SubnetConfig = z.output<typeof subnetConfigSchema>

/** @throws SubnetError CONFIG_INVALID when a vote could take effect before those who disagree can have left */
export function assertTimelock({ governance, unbondingBlocks }: SubnetConfig): void {
  const unbondingSeconds = unbondingBlocks * governance.secondsPerBlock
  if (governance.timelockSeconds > unbondingSeconds) return
  throw new SubnetError(
    'CONFIG_INVALID',
    `governance.timelockSeconds ${governance.timelockSeconds} must be above ${unbondingSeconds}, which is unbondingBlocks times governance.secondsPerBlock`,
    { details: { timelockSeconds: governance.timelockSeconds, unbondingSeconds } },
  )
}

/**
 * @param source what the text came from, for the error message
 * @throws SubnetError CONFIG_INVALID listing every mistake
 */
export function parseSubnetConfig(text: string, source: string): SubnetConfig {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new SubnetError('CONFIG_INVALID', `${source} is not JSON`, { details: { source }, cause })
  }
  const parsed = subnetConfigSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new SubnetError('CONFIG_INVALID', `${source}:\n${z.prettifyError(parsed.error)}`, {
    details: { source },
    cause: parsed.error,
  })
}
