import { type Address, parseEther } from 'viem'
import type { SubnetConfig } from '../../deploy/config.ts'
import type { BeaconChain } from '../../shared/beacon/chain-info.ts'
import type { Role } from '../../shared/chain/role.ts'
import type { Participant } from './participants.ts'

export const devnetChainId = 31_337

/** Rollouts per group, and groups per miner and window. */
export interface WindowSize {
  readonly groupSize: number
  readonly maxGroups: number
}

export const devnetWindow: WindowSize = { groupSize: 8, maxGroups: 16 }

export function stakeOf(role: Role): bigint {
  return role === 'miner' ? parseEther('100') : parseEther('1000')
}

/**
 * Every transaction is a block here, so phases are as long as the transactions that may fall into them: everybody
 * at most twice, and some to spare. Idle blocks cost nothing.
 */
export function devnetConfig(options: {
  readonly beacon: BeaconChain
  readonly holder: Address
  readonly learner: Address
  readonly participants: readonly Participant[]
  readonly window: WindowSize
  /** Idle blocks that every phase leaves room for, where roles wait for confirmations. */
  readonly spareBlocks?: number | undefined
}): SubnetConfig {
  const { beacon, holder, learner, participants, window, spareBlocks = 0 } = options
  const everybody = participants.length
  const revealBlocks = 8 + 2 * everybody + spareBlocks
  const commitBlocks = revealBlocks + 16 + 4 * everybody + spareBlocks
  const windowBlocks = commitBlocks + 16 + 6 * everybody + spareBlocks
  // A fault can be proven for four epochs, and stake stays for five at least.
  const unbondingBlocks = 6 * windowBlocks
  // A block is a transaction here.
  const secondsPerBlock = 0.05
  return {
    name: 'devnet',
    token: {
      name: 'Rollproof devnet',
      symbol: 'ROLL',
      cap: parseEther('21000000'),
      genesisSupply: parseEther('1000000'),
      genesisHolder: holder,
    },
    schedule: {
      startDelayBlocks: 64 + 6 * everybody,
      windowBlocks,
      commitBlocks,
      epochWindows: 1,
      revealBlocks,
      beaconDelaySeconds: 0,
    },
    rules: {
      ...window,
      auditRatePpm: 5_000,
      auditFloor: 12,
      sketchPositions: 4,
      kappa: 32_767,
      bondsPenalty: 65_535,
      bondsMovingAveragePpm: 900_000,
      nonRevealSlashPpm: 10_000,
      faultSlashPpm: 500_000,
      minerSharePpm: 500_000,
      treasurySharePpm: 0,
      quorumPpm: 666_667,
      scoreBasePpm: 500_000,
      scoreCorrectnessPpm: 1_000_000,
      scoreReasoningPpm: 250_000,
      scoreSatisfactionPpm: 250_000,
      scoreSignalPpm: 500_000,
      minMinerStake: stakeOf('miner'),
      minValidatorStake: stakeOf('validator'),
      emissionPerEpoch: parseEther('1000'),
    },
    emission: { perEpoch: parseEther('1000'), halvingEpochs: 0 },
    unbondingBlocks,
    governance: {
      votingDelayBlocks: 1,
      votingPeriodBlocks: 20,
      lateQuorumBlocks: 5,
      quorumPercent: 4,
      proposalThreshold: parseEther('1000'),
      timelockSeconds: Math.ceil(unbondingBlocks * secondsPerBlock) + 1,
      secondsPerBlock,
    },
    registration: { floor: parseEther('1'), halvingBlocks: 16 },
    // Everybody can object twice. Published in a window's audit phase, while its scores are being committed, an update
    // is in force in the next window.
    challengeBlocks: 8 + 2 * everybody,
    learner,
    beacon,
  }
}
