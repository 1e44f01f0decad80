import Table from 'cli-table3'
import { formatUnits } from 'viem'
import type { Gain, Preview } from './preview.ts'

/** Old and new values, what the replay cannot say, and a line for everyone who was or would be paid. */
export function renderPreview(preview: Preview): string {
  const { changes, unknown, epochs, gains, voided, toTreasury } = preview
  const table = new Table({
    head: ['paid in these epochs', 'as it was', 'as proposed', 'change'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const gain of gains) {
    table.push([`${gain.role} ${gain.uid}`, tokens(gain.before), tokens(gain.after), changeOf(gain)])
  }
  if (toTreasury.before > 0n || toTreasury.after > 0n) {
    table.push(['treasury', tokens(toTreasury.before), tokens(toTreasury.after), changeOf(toTreasury)])
  }
  const last = epochs.first + epochs.count - 1
  return [
    ...changes.map(({ rule, from, to }) => `${rule} ${from} → ${to}`),
    ...unknown.map(({ rule, why }) => `not replayed: ${rule}; ${why}`),
    `epochs ${epochs.first} to ${last}: ${voided.before} voided as it was, ${voided.after} as proposed`,
    table.toString(),
  ].join('\n')
}

function changeOf({ before, after }: Pick<Gain, 'before' | 'after'>): string {
  if (before === after) return 'none'
  if (before === 0n) return 'new'
  const percent = Number(((after - before) * 10_000n) / before) / 100
  return `${percent > 0 ? '+' : ''}${percent.toFixed(2)} %`
}

function tokens(amount: bigint): string {
  return Number(formatUnits(amount, 18)).toLocaleString('en', { maximumFractionDigits: 3 })
}
