import Table from 'cli-table3'
import type { Corpus } from '../../model/calibration/corpus.ts'
import { shareAbove } from '../../model/calibration/histogram.ts'
import { supportedTolerances } from '../../model/calibration/support.ts'

/** The corpus in figures: the largest drift of every candidate, and what a position's checks catch of it. */
export function renderTable(corpus: Corpus): string {
  const { samplingTolerance, sketchTolerance, logprobTolerance } = supportedTolerances(corpus)
  const blocks = corpus.measurements.map(({ kernels, machine, positions, candidates }) => {
    const table = new Table({
      head: ['', 'cumulative', 'projection', 'log-probability', 'token', 'sketch', 'log-p.'],
      colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
      style: { head: [], border: [], compact: true },
    })
    for (const { name, kind, deviations } of candidates) {
      table.push([
        `${kind}: ${name}`,
        ...[deviations.cumulative, deviations.projection, deviations.logProbability].map(({ largest }) =>
          largest === 0 ? '0' : largest.toExponential(1),
        ),
        shareAbove(deviations.sampling, samplingTolerance).toFixed(4),
        shareAbove(deviations.sketch, sketchTolerance).toFixed(4),
        shareAbove(deviations.logProbability, logprobTolerance).toFixed(4),
      ])
    }
    return `${kernels}, ${machine.arch}, ${machine.cpu}: ${positions} positions\n${table.toString()}`
  })
  return [
    'largest deviation from the reference; share of positions that each check rejects',
    ...blocks,
    `supported tolerances: sampling ${samplingTolerance}, sketch ${sketchTolerance}, log-probability ${logprobTolerance}`,
  ].join('\n')
}
