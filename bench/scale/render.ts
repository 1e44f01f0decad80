import Table from 'cli-table3'
import { growthExponent } from './growth.ts'
import type { EpochFigures } from './measure-epoch.ts'

type Line = readonly [label: string, value: (figures: EpochFigures) => number, digits?: number]

const gasOf = (figures: EpochFigures, kinds?: readonly string[]) =>
  Object.entries(figures.transactions)
    .filter(([kind]) => kinds?.includes(kind) ?? true)
    .reduce((sum, [, { gas }]) => sum + gas, 0) / 1e6
const settling = ['settle', 'begin', 'scan', 'seat', 'decide', 'finish']

/** What a validator does for its share of an epoch: the goal is about these. */
export const validatorWork: readonly Line[] = [
  ['rollouts audited', ({ validator }) => validator.auditedRollouts],
  ['tokens audited', ({ validator }) => validator.auditedTokens],
  ['CPU of judging, s', ({ validator }) => validator.auditCpuSeconds, 2],
  ['fetched from miners, kB', ({ validator }) => validator.fetchedBytes / 1e3],
  ['read from the chain, kB', ({ validator }) => validator.chainBytes / 1e3],
  ['requests to the chain', ({ validator }) => validator.requests],
  ['journal, kB', ({ validator }) => validator.journalBytes / 1e3],
]

const network: readonly Line[] = [
  ['gas, millions', (figures) => gasOf(figures), 1],
  ['gas of settlement, millions', (figures) => gasOf(figures, settling), 1],
  ['gas per miner, thousands', (figures) => (1e3 * gasOf(figures)) / figures.miners],
  ['bundles stored, kB', ({ bundleBytes }) => bundleBytes / 1e3],
  ['one miner: requests to the chain', ({ miner }) => miner.requests],
  ['the simulation: peak memory, MiB', ({ peakMiB }) => peakMiB],
  ['the simulation: s', ({ wallSeconds }) => wallSeconds, 1],
]

/** Figures by number of miners, and how each grows with it; one table for each number of validators. */
export function renderScale(all: readonly EpochFigures[]): string {
  const panels = Map.groupBy(all, ({ validators }) => validators)
  return [...panels.values()].map((panel) => `${renderGrowth(panel)}\n${renderCalls(panel)}`).join('\n\n')
}

function renderGrowth(panel: readonly EpochFigures[]): string {
  const head = [
    `${panel[0].validators} validators`,
    ...panel.map(({ miners }) => `${miners} miners`),
    'grows as',
  ]
  const table = new Table({
    head,
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  })
  const section = (title: string, lines: readonly Line[]) => {
    table.push([{ content: title, colSpan: head.length }])
    for (const [label, value, digits = 0] of lines) {
      const cells = panel.map((figures) => write(value(figures), digits))
      table.push([`  ${label}`, ...cells, growth(panel, value)])
    }
  }
  section('ONE VALIDATOR, ONE EPOCH', validatorWork)
  section('EVERYBODY, ONE EPOCH', network)
  return table.toString()
}

/** Of the largest crowd: what each kind of call costs. */
function renderCalls(panel: readonly EpochFigures[]): string {
  const { miners, validators, transactions } = panel[panel.length - 1]
  const head = [
    `calls, ${miners} miners, ${validators} validators`,
    'count',
    'gas each',
    'calldata each, B',
    'ms each',
  ]
  const table = new Table({
    head,
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  })
  for (const [kind, { count, gas, ms, bytes }] of Object.entries(transactions)) {
    table.push([kind, write(count), write(gas / count), write(bytes / count), write(ms / count, 1)])
  }
  return table.toString()
}

function growth(panel: readonly EpochFigures[], value: Line[1]): string {
  if (panel.length < 2) return ''
  const exponent = growthExponent(panel.map((figures) => [figures.miners, value(figures)]))
  return Number.isFinite(exponent) ? `miners^${exponent.toFixed(2)}` : ''
}

function write(value: number, digits = 0): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
