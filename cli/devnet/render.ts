import Table from 'cli-table3'
import { formatUnits } from 'viem'
import type { Phase } from './conductor.ts'
import type { Outcome } from './outcome.ts'

export interface Progress {
  readonly window: number
  readonly windows: number
  readonly phase: Phase | 'done'
  readonly seconds: number
}

const borders = { head: [], border: [] }

export function renderStep(seconds: number, step: string): string {
  return `${seconds.toFixed(1).padStart(6)} s  ${step}`
}

/** The table people watch: one row a miner, one a validator. */
export function renderBoard(outcome: Outcome, progress: Progress): string {
  const { window, windows, phase, seconds } = progress
  const miners = new Table({
    head: ['miner', 'behaviour', 'groups', 'audited', 'accepted', 'rejected', 'score', 'incentive', 'paid'],
    style: borders,
    colAligns: ['left', 'left', 'right', 'right', 'right', 'left', 'right', 'right', 'right'],
  })
  for (const miner of outcome.miners) {
    miners.push([
      `${miner.name} ${short(miner.address)}`,
      miner.behaviour,
      miner.groups,
      miner.audited,
      miner.accepted,
      describeRejected(miner),
      score(miner.score),
      percent(miner.incentive),
      tokens(miner.claimed),
    ])
  }
  const validators = new Table({
    head: ['validator', 'committed', 'revealed', 'abstained', 'dividend', 'paid'],
    style: borders,
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
  })
  for (const validator of outcome.validators) {
    validators.push([
      `${validator.name} ${short(validator.address)}`,
      validator.committed,
      validator.revealed,
      validator.abstained,
      percent(validator.dividend),
      tokens(validator.claimed),
    ])
  }
  const heading =
    phase === 'done' ? `${windows} windows done` : `window ${window + 1} of ${windows}  phase ${phase}`
  return `${heading}  ${seconds.toFixed(0)} s\n${miners}\n${validators}`
}

function describeRejected({
  rejected,
  reasons,
}: {
  rejected: number
  reasons: Partial<Record<string, number>>
}) {
  const names = Object.entries(reasons).map(([reason, count]) => `${reason} ×${count}`)
  return names.length === 0 ? String(rejected) : `${rejected}: ${names.join(', ')}`
}

function short(address: string): string {
  return `${address.slice(0, 6)}…${address.slice(-4)}`
}

/** Scores are verified tokens times ppm²; people read them in tokens. */
function score(value: string): string {
  return value === '' ? '' : (Number(value) / 1e12).toFixed(0)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

function tokens(amount: bigint): string {
  return Number(formatUnits(amount, 18)).toFixed(1)
}
