import {
  commitDeadline,
  epochEnd,
  epochOf,
  revealEnd,
  scoreCommitStart,
  windowStart,
} from '../../shared/protocol/schedule.ts'
import type { Loop, Phase, WindowRow, WindowSeed } from '../views.ts'
import type { EpochFacts, History, WindowFacts } from './history.ts'

/** Rows of past windows that a page shows. */
const shownWindows = 12

/** Where the network is in its loop. */
export function loopOf(history: History): Loop {
  const { block, timestamp, schedule, window, windows } = history
  return {
    block: Number(block),
    timestamp: Number(timestamp),
    window,
    epoch: window < 0 ? -1 : epochOf(schedule, window),
    phases: window < 0 ? [] : [...windowPhases(history), ...settlementPhases(history)],
    seed: seedOf(history),
    windows: windows
      .slice(-shownWindows)
      .map((facts) => windowRow(history, facts))
      .reverse(),
  }
}

/** The running window: miners answer until the deadline; then validators audit, and in an epoch's last window score. */
function windowPhases({ block, schedule, window, windows, miners, committed, stakes }: History): Phase[] {
  const answers = windows.at(-1)?.commitments.length ?? 0
  const active = miners.filter(({ standing }) => standing === 'active').length
  const audits = block >= scoreCommitStart(schedule, epochOf(schedule, window)) ? committed.length : 0
  const voting = stakes.filter((stake) => stake > 0n).length
  const start = windowStart(schedule, window)
  const deadline = commitDeadline(schedule, window)
  const end = windowStart(schedule, window + 1)
  return [
    phase(block, 'answers', start, deadline, answers, active),
    phase(block, 'audit', deadline, end, audits, voting),
  ]
}

/** The epoch before: its scores are revealed and it is settled while the next one runs. */
function settlementPhases({ block, schedule, window, epochs, stakes }: History): Phase[] {
  const epoch = epochOf(schedule, window) - 1
  if (epoch < 0) return []
  const facts = epochs.find((found) => found.epoch === epoch)
  const voting = stakes.filter((stake) => stake > 0n).length
  const from = epochEnd(schedule, epoch)
  const to = revealEnd(schedule, epoch)
  const settled = facts?.settlement ? 1 : 0
  const settle = phase(block, 'settle', to, null, settled, 1)
  return [
    phase(block, 'reveal', from, to, facts?.reveals.length ?? 0, voting),
    settled ? { ...settle, state: 'past' } : settle,
  ]
}

function phase(
  block: bigint,
  name: Phase['name'],
  from: bigint,
  to: bigint | null,
  done: number,
  of: number,
): Phase {
  const state = block < from ? 'coming' : to !== null && block >= to ? 'past' : 'now'
  return { name, from: Number(from), to: to === null ? null : Number(to), state, done, of }
}

function seedOf({ opened }: History): WindowSeed | null {
  if (!opened) return null
  const { opening, derived } = opened
  return {
    blockHash: opening.blockHash,
    openRound: String(opening.openRound),
    auditRound: opening.auditRound === null ? null : String(opening.auditRound),
    seed: derived?.seed ?? null,
    policy: derived?.policy ?? null,
  }
}

function windowRow(history: History, { window, opening, commitments }: WindowFacts): WindowRow {
  const { schedule, epochs } = history
  const epoch = epochOf(schedule, window)
  const facts = epochs.find((found) => found.epoch === epoch)
  const sum = (of: 'groups' | 'rollouts') => commitments.reduce((all, commitment) => all + commitment[of], 0)
  return {
    ...{ window, epoch, miners: commitments.length, groups: sum('groups'), rollouts: sum('rollouts') },
    revealed: facts?.reveals.length ?? 0,
    state: opening ? stateOf(history, window, facts) : 'not opened',
  }
}

function stateOf(
  { block, schedule }: History,
  window: number,
  facts: EpochFacts | undefined,
): WindowRow['state'] {
  const epoch = epochOf(schedule, window)
  if (facts?.settlement) return facts.settlement.voided ? 'voided' : 'paid'
  if (block < commitDeadline(schedule, window)) return 'answers'
  if (block < epochEnd(schedule, epoch)) return 'audit'
  return block < revealEnd(schedule, epoch) ? 'reveal' : 'settle'
}
