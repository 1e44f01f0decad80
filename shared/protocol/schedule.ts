/** The subnet's calendar in blocks: immutables of `RolloutLog`. Every phase is half-open, [from, to). */
export interface Schedule {
  readonly startBlock: bigint
  /** Length of a window; windows lie back to back. */
  readonly windowBlocks: number
  /** Commitments are accepted in a window's first blocks. */
  readonly commitBlocks: number
  /** Windows per epoch, the unit of settlement. */
  readonly epochWindows: number
  /** Scores are revealed in this many blocks after an epoch's end. */
  readonly revealBlocks: number
}

/** The window that contains a block; -1 before the first. */
export function windowAt(schedule: Schedule, block: bigint): number {
  if (block < schedule.startBlock) return -1
  return Number((block - schedule.startBlock) / BigInt(schedule.windowBlocks))
}

export function windowStart(schedule: Schedule, window: number): bigint {
  return schedule.startBlock + BigInt(window) * BigInt(schedule.windowBlocks)
}

/** First block in which a commitment of this window is refused. */
export function commitDeadline(schedule: Schedule, window: number): bigint {
  return windowStart(schedule, window) + BigInt(schedule.commitBlocks)
}

export function epochOf(schedule: Schedule, window: number): number {
  return Math.floor(window / schedule.epochWindows)
}

export function windowsOf(schedule: Schedule, epoch: number): number[] {
  return Array.from({ length: schedule.epochWindows }, (_, i) => epoch * schedule.epochWindows + i)
}

/** Scores are committed in [scoreCommitStart, epochEnd). */
export function scoreCommitStart(schedule: Schedule, epoch: number): bigint {
  return commitDeadline(schedule, (epoch + 1) * schedule.epochWindows - 1)
}

export function epochEnd(schedule: Schedule, epoch: number): bigint {
  return windowStart(schedule, (epoch + 1) * schedule.epochWindows)
}

/** Scores are revealed in [epochEnd, revealEnd); anyone may settle from revealEnd on. */
export function revealEnd(schedule: Schedule, epoch: number): bigint {
  return epochEnd(schedule, epoch) + BigInt(schedule.revealBlocks)
}
