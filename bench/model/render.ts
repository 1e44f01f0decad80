import Table from 'cli-table3'
import type { Spread } from '../spread.ts'

/** One contestant at one batch. */
export interface Standing {
  readonly name: string
  readonly batch: number
  readonly figures: Readonly<Record<string, Spread>>
}

const lines: readonly (readonly [figure: string, label: string])[] = [
  ['tokensPerSecond', 'new tokens a second, prompts included'],
  ['decodeTokensPerSecond', 'new tokens a second after the first'],
  ['decodeCpuMsPerToken', 'processor time for one of these, ms'],
  ['promptMs', 'until every row has its first token, ms'],
  ['peakMiB', 'peak memory, MiB'],
  ['openMs', 'opening the weights, ms'],
  ['drawPercent', 'of that processor time: drawing the owed token, %'],
  ['sketchPercent', 'of that processor time: sketches, %'],
]

/** Medians, with the least and the most over the runs; one table for each batch. */
export function renderStandings(standings: readonly Standing[]): string {
  const batches = Map.groupBy(standings, ({ batch }) => batch)
  return [...batches].map(([batch, panel]) => renderBatch(batch, panel)).join('\n\n')
}

function renderBatch(batch: number, panel: readonly Standing[]): string {
  const table = new Table({
    head: [`batch ${batch}`, ...panel.map(({ name }) => name)],
    colAligns: ['left', ...panel.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  })
  for (const [figure, label] of lines) {
    if (panel.every(({ figures }) => figures[figure] === undefined)) continue
    table.push([label, ...panel.map(({ figures }) => cell(figures[figure]))])
  }
  return table.toString()
}

function cell(spread: Spread | undefined): string {
  if (spread === undefined) return ''
  const { median, least, most } = spread
  const digits = median >= 100 ? 0 : median >= 10 ? 1 : 2
  const write = (value: number) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return least === most ? write(median) : `${write(median)} (${write(least)} – ${write(most)})`
}
