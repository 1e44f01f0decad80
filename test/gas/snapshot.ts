import { readFileSync, writeFileSync } from 'node:fs'
import type { GasReport } from './measure.ts'

const file = new URL('../gas.json', import.meta.url)
/** By how much a figure may differ before the snapshot has to be committed anew. */
const tolerance = 0.02

export function readSnapshot(): GasReport {
  return JSON.parse(readFileSync(file, 'utf8')) as GasReport
}

export function writeSnapshot(report: GasReport): void {
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
}

/** What grew, is new or is gone, one line each. */
export function compareGas(snapshot: GasReport, report: GasReport): string[] {
  const sentences = [...new Set([...Object.keys(snapshot), ...Object.keys(report)])]
  return sentences.flatMap((sentence) => {
    const [before, now] = [snapshot[sentence], report[sentence]]
    if (before === undefined) return `${sentence}: ${now}, not in the snapshot`
    if (now === undefined) return `${sentence}: no longer measured`
    return now > before * (1 + tolerance) ? `${sentence}: ${before} -> ${now}` : []
  })
}
