import type { Schedule } from '../protocol/schedule.ts'
import { rolloutLogAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

export interface ChainSchedule extends Schedule {
  /** Between a block and the beacon round that it fixes, so that its proposer cannot know the round. */
  readonly beaconDelaySeconds: number
}

export async function readSchedule({ publicClient, deployment }: ChainContext): Promise<ChainSchedule> {
  const schedule = await askChain('read the schedule', () =>
    publicClient.readContract({
      address: deployment.contracts.rolloutLog,
      abi: rolloutLogAbi,
      functionName: 'schedule',
    }),
  )
  return {
    startBlock: schedule.startBlock,
    windowBlocks: Number(schedule.windowBlocks),
    commitBlocks: Number(schedule.commitBlocks),
    epochWindows: Number(schedule.epochWindows),
    revealBlocks: Number(schedule.revealBlocks),
    beaconDelaySeconds: Number(schedule.beaconDelaySeconds),
  }
}
