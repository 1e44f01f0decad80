import Table from 'cli-table3'
import { formatUnits } from 'viem'
import type { Phase } from './conductor.ts'
import type { MinerOutcome, Outcome } from './outcome.ts'

export interface Progress {
  readonly window: number
  readonly windows: number
  readonly phase: Phase | 'done'
  readonly seconds: number
}

const tableLines = ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [
  side,
  ...['mid', 'left', 'right'].map((end) => `${side}-${end}`),
])

/** No lines, and no addresses: the board must fit 80 columns. The report has the addresses, in this order. */
const plain = {
  chars: { ...Object.fromEntries(tableLines.map((line) => [line, ''])), middle: '  ' },
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
}

export function renderStep(seconds: number, step: string): string {
  return `${seconds.toFixed(1).padStart(6)} s  ${step}`
}

/** What a log says of a phase that has begun. */
export function renderPhase({ window, windows, phase, seconds }: Progress): string | null {
  return phase === 'done' ? null : renderStep(seconds, `window ${window + 1} of ${windows}: ${phase}`)
}

/** The table people watch: one row a miner, one a validator. */
export function renderBoard(outcome: Outcome, progress: Progress): string {
  const { window, windows, phase, seconds } = progress
  const miners = new Table({
    head: ['miner', 'behaviour', 'groups', 'audited', 'accepted', 'rejected', 'score', 'incentive', 'paid'],
    ...plain,
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
  })
  for (const miner of outcome.miners) {
    miners.push([
      miner.name,
      miner.behaviour,
      miner.groups,
      miner.audited,
      miner.accepted,
      miner.rejected,
      score(miner.score),
      percent(miner.incentive),
      tokens(miner.claimed),
    ])
  }
  const validators = new Table({
    head: ['validator', 'committed', 'revealed', 'abstained', 'dividend', 'paid'],
    ...plain,
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
  })
  for (const validator of outcome.validators) {
    validators.push([
      validator.name,
      validator.committed,
      validator.revealed,
      validator.abstained,
      percent(validator.dividend),
      tokens(validator.claimed),
    ])
  }
  const at = phase === 'done' ? 'all windows done' : `window ${window + 1} of ${windows}  phase ${phase}`
  const faults = outcome.miners.flatMap(describeFaults)
  const parts = [`${at}  ${seconds.toFixed(0)} s`, miners, faults.join('\n'), validators].map(String)
  return parts.filter(Boolean).join('\n\n')
}

function describeFaults({ name, reasons }: MinerOutcome): string[] {
  const counts = Object.entries(reasons).map(([reason, count]) => `${reason} ×${count}`)
  return counts.length === 0 ? [] : [`${name} rejected for ${counts.join(', ')}`]
}

/** Scores are verified tokens times ppm²; people read them in tokens. */
function score(value: string): string {
  return value === '' ? '' : (Number(value) / 1e12).toFixed(0)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

function tokens(amount: bigint): string {
  return Number(formatUnits(amount, 18)).toFixed(0)
}
