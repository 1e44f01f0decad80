import { readBlockNumber } from '../../shared/chain/read-block-number.ts'
import { systemClock } from '../../shared/clock.ts'
import { commitDeadline } from '../../shared/protocol/schedule.ts'
import { mineTo, phasesOf, type Stage } from '../devnet/conductor.ts'
import type { PlannedFault } from './fault.ts'
import { hasGivenUp } from './has-given-up.ts'

/** A block comes so often, as on a chain of its own time: roles wait for confirmations. */
const tickMs = 500
/** Time stands still so many blocks before a phase ends, while somebody still owes something in it. */
const sparedBlocks = 24n
/** Who has not done its part by then has lost it. */
const patienceMs = 75_000

/**
 * Lets a window pass while faults happen. As in the devnet, time waits for those who owe something; unlike there, not
 * for ever, and blocks come by themselves meanwhile.
 * @param inject begins a fault and does not wait for its end
 */
export async function passWindow(
  stage: Omit<Stage, 'crash'>,
  window: number,
  plan: readonly PlannedFault[],
  inject: (fault: PlannedFault) => void,
): Promise<void> {
  const { chain, schedule, participants, signal } = stage
  const isWaitedFor = (name: string) => {
    const participant = participants.find((candidate) => candidate.name === name)
    return !participant || !hasGivenUp(chain.deployment, participant, window)
  }
  const phases = phasesOf(stage, window)
  for (const [i, { phase, fromBlock, missing }] of phases.entries()) {
    stage.onPhase(window, phase)
    await mineTo(chain, fromBlock)
    const next = phases.slice(i + 1).find((later) => later.fromBlock > 0n)?.fromBlock
    const untilBlock = (next ?? commitDeadline(schedule, window + 1)) - sparedBlocks
    const due = plan.filter((fault) => fault.phase === phase).sort((a, b) => a.afterMs - b.afterMs)
    const startedMs = systemClock.elapsedMs()
    for (;;) {
      const spentMs = systemClock.elapsedMs() - startedMs
      while (due.length > 0 && due[0].afterMs <= spentMs) inject(due.shift() as PlannedFault)
      if (due.length === 0 && (spentMs > patienceMs || !(await missing()).some(isWaitedFor))) break
      const head = await readBlockNumber(chain)
      if (head < untilBlock) await mineTo(chain, head + 1n)
      await systemClock.sleep(tickMs, signal)
    }
  }
}
