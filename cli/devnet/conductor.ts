import { numberToHex } from 'viem'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { readBlockNumber } from '../../shared/chain/read-block-number.ts'
import { readCommitments } from '../../shared/chain/read-commitments.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import { readScoreCommit } from '../../shared/chain/read-score-commit.ts'
import { readSettlement } from '../../shared/chain/read-settlement.ts'
import { readUnclaimed } from '../../shared/chain/read-unclaimed.ts'
import { systemClock } from '../../shared/clock.ts'
import { SubnetError } from '../../shared/errors.ts'
import {
  commitDeadline,
  epochEnd,
  revealEnd,
  type Schedule,
  windowStart,
} from '../../shared/protocol/schedule.ts'
import type { Participant } from './participants.ts'

export const phases = ['generate', 'audit', 'learn', 'reveal', 'settle', 'claim'] as const
export type Phase = (typeof phases)[number]

/** A participant with the uid that the chain gave it, and where it serves bundles, also after a restart. */
export type Registered = Participant & { readonly uid: number; readonly listen: string }

export interface Stage {
  readonly chain: ChainContext
  readonly schedule: Schedule
  readonly participants: readonly Registered[]
  readonly signal: AbortSignal
  /** How a process ended that should be running; null while all is well. */
  crash(): string | null
  onPhase(window: number, phase: Phase): void
  /** Pause between looks at what is missing; short where no more is said. */
  readonly pollMs?: number
  /** Who still owes something to the window's update before the next window may open; none where nobody learns. */
  readonly learn?: (window: number) => readonly string[]
}

const shortPollMs = 150
/** Longest that a phase may stand still on a slow machine before the devnet gives up on it. */
const stillTimeoutMs = 600_000

/** A part of a window: from which block on, and who still owes something in it. */
export interface WindowPhase {
  readonly phase: Phase
  readonly fromBlock: bigint
  missing(): Promise<readonly string[]>
}

/**
 * Lets time pass. On a public chain blocks come by themselves; here a block comes with every transaction, and the
 * idle blocks of a phase are mined at once when everybody who owes something in it has done it. So a slow machine
 * misses no deadline and a fast one does not wait. Roles see nothing but block numbers.
 */
export async function conductWindow(stage: Stage, window: number): Promise<void> {
  for (const { phase, fromBlock, missing } of phasesOf(stage, window)) {
    stage.onPhase(window, phase)
    await mineTo(stage.chain, fromBlock)
    await waitFor(stage, `window ${window}, ${phase}`, missing)
  }
}

/** The window of that number from its first block to its claims; every phase begins when the one before is over. */
export function phasesOf(
  { chain, schedule, participants, learn }: Pick<Stage, 'chain' | 'schedule' | 'participants' | 'learn'>,
  window: number,
): WindowPhase[] {
  const miners = participants.filter(({ role }) => role === 'miner')
  const validators = participants.filter(({ role }) => role === 'validator')
  const epoch = window
  const phases: WindowPhase[] = [
    {
      phase: 'generate',
      fromBlock: windowStart(schedule, window) + 1n,
      async missing() {
        const committed = (await readCommitments(chain, window)).map(({ minerUid }) => minerUid)
        return names(miners.filter(({ uid }) => !committed.includes(uid)))
      },
    },
    {
      phase: 'audit',
      fromBlock: commitDeadline(schedule, window),
      async missing() {
        const commits = await Promise.all(validators.map(({ uid }) => readScoreCommit(chain, epoch, uid)))
        return names(validators.filter((_, i) => !commits[i]))
      },
    },
  ]
  if (learn) phases.push({ phase: 'learn', fromBlock: 0n, missing: async () => learn(window) })
  // Nobody scores, so nobody settles.
  if (validators.length === 0) return phases
  return [
    ...phases,
    {
      phase: 'reveal',
      fromBlock: epochEnd(schedule, epoch),
      async missing() {
        const revealed = (await readReveals(chain, epoch)).map(({ validatorUid }) => validatorUid)
        return names(validators.filter(({ uid }) => !revealed.includes(uid)))
      },
    },
    {
      phase: 'settle',
      fromBlock: revealEnd(schedule, epoch),
      missing: async () => ((await readSettlement(chain, epoch)) ? [] : ['any validator']),
    },
    {
      phase: 'claim',
      fromBlock: 0n,
      async missing() {
        const payouts = (await readSettlement(chain, epoch))?.payouts ?? []
        const owed = participants.filter(({ role, uid }) =>
          payouts.some((payout) => payout.role === role && payout.uid === uid && payout.amount > 0n),
        )
        const unclaimed = await Promise.all(
          owed.map(({ role, uid }) => readUnclaimed(chain, role, uid, [epoch])),
        )
        return names(owed.filter((_, i) => unclaimed[i].length > 0))
      },
    },
  ]
}

/** Mines idle blocks without moving the clock: block times stay wall-clock times, as the beacon's are. */
export async function mineTo(chain: ChainContext, block: bigint): Promise<void> {
  const now = await readBlockNumber(chain)
  if (block <= now) return
  await chain.publicClient.request<{
    Method: 'hardhat_mine'
    Parameters: [string, string]
    ReturnType: boolean
  }>({
    method: 'hardhat_mine',
    params: [numberToHex(block - now), '0x0'],
  })
}

async function waitFor(
  { crash, signal, pollMs = shortPollMs }: Stage,
  what: string,
  missing: () => Promise<readonly string[]>,
): Promise<void> {
  let owing: string | null = null
  let sinceMs = 0
  for (;;) {
    const crashed = crash()
    if (crashed) throw new SubnetError('EXPECTATION_BROKEN', crashed)
    const left = await missing()
    if (left.length === 0) return
    if (left.join() !== owing) {
      owing = left.join()
      sinceMs = systemClock.nowMs()
    }
    if (systemClock.nowMs() - sinceMs > stillTimeoutMs) {
      throw new SubnetError(
        'EXPECTATION_BROKEN',
        `${what}: still waiting for ${left.join(', ')} after ${stillTimeoutMs / 1000} s`,
      )
    }
    await systemClock.sleep(pollMs, signal)
  }
}

function names(participants: readonly Participant[]): string[] {
  return participants.map(({ name }) => name)
}
