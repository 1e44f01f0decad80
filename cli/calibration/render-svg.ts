import type { Corpus } from '../../model/calibration/corpus.ts'
import { type Histogram, shareAbove } from '../../model/calibration/histogram.ts'
import { deviationsOf, supportedTolerances } from '../../model/calibration/support.ts'
import { area, axes, line, marker, type Panel, type Point } from './log-plot.ts'

type Candidate = Corpus['measurements'][number]['candidates'][number]

/**
 * One row per check. `behind` is what tolerances are read from; `seen` is what the check itself sees, of honest
 * engines and of impostors.
 */
const rows = [
  {
    title: 'sampling',
    behind: 'cumulative',
    honest: 'cumulative',
    seen: 'sampling',
    tolerance: 'samplingTolerance',
    unit: 'distance of the cumulative distributions, share of total probability',
    unitSeen: 'tolerance, share of total probability (honest: for the worst draw)',
  },
  {
    title: 'sketch',
    behind: 'projection',
    honest: 'sketch',
    seen: 'sketch',
    tolerance: 'sketchTolerance',
    unit: 'difference of the projections before rounding',
    unitSeen: 'tolerance, units of the projection (moves in steps)',
  },
  {
    title: 'log-probability',
    behind: 'logProbability',
    honest: 'logProbability',
    seen: 'logProbability',
    tolerance: 'logprobTolerance',
    unit: 'difference on the token given, nats',
    unitSeen: 'tolerance, nats',
  },
] as const

const width = 960
const rowHeight = 250
const headHeight = 66
/** A share that was never seen is drawn on the floor. */
const decadesY = [-6, 0] as const
const decadesX = [-9, 1] as const

/** Colours that can be read on white and on black; words follow the reader's scheme where the viewer knows it. */
const style = `
text{font:11px system-ui,sans-serif;fill:#768390}
.title{font-size:13px;font-weight:600}
.frame{fill:none;stroke:#8c959f}
.grid{stroke:#8c959f;stroke-opacity:.25}
path{fill:none;stroke-width:1.6;stroke-linejoin:round}
.honest{stroke:#2da44e}.honest-area{fill:#2da44e;fill-opacity:.3;stroke:#2da44e}
.marker{stroke:#8c959f;stroke-dasharray:4 3}.marker-label{font-size:10px}
.c0{stroke:#bf8700}.c1{stroke:#3b82f6}.c2{stroke:#a475f9}.c3{stroke:#e16f24}.c4{stroke:#e5534b}
@media(prefers-color-scheme:light){text{fill:#57606a}.title{fill:#1f2328}}
@media(prefers-color-scheme:dark){text{fill:#9ea7b3}.title{fill:#f0f6fc}}
`.replaceAll('\n', '')

/** Honest and impostor distributions and the error curve of every check, as a picture for light and dark pages. */
export function renderCalibration(corpus: Corpus): string {
  const tolerances = supportedTolerances(corpus)
  const others = corpus.measurements[0].candidates.filter(({ kind }) => kind !== 'honest')
  const body = rows.map((row, index) => {
    const y = headHeight + 40 + index * rowHeight
    const left: Panel = { x: 60, y, width: 390, height: rowHeight - 90, decadesX, decadesY }
    const right: Panel = { ...left, x: 540 }
    const tolerance = tolerances[row.tolerance]
    const label = `tolerance ${tolerance.toPrecision(3)}`
    const pooled = pool(deviationsOf(corpus, 'honest', row.behind))
    const judged = pool(deviationsOf(corpus, 'honest', row.honest))
    return [
      axes(left, `${row.title}: share of positions by deviation`, row.unit),
      marker(left, tolerance, label),
      area(left, density(pooled), 'honest-area'),
      ...others.map(({ deviations }, i) => line(left, density(deviations[row.behind]), `c${i}`)),
      axes(right, `${row.title}: error against tolerance, per position`, row.unitSeen),
      marker(right, tolerance, label),
      line(right, curve(judged, true), 'honest'),
      ...others.map(({ deviations }, i) => line(right, curve(deviations[row.seen], false), `c${i}`)),
    ].join('')
  })
  const height = headHeight + rows.length * rowHeight
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">` +
    `<title>Honest drift and impostors, per position</title><style>${style}</style>` +
    `${legend(corpus, others)}${body.join('')}</svg>\n`
  )
}

function legend({ measurements }: Corpus, others: readonly Candidate[]): string {
  const entries = [
    [
      'honest-area',
      `honest, kernel classes measured: ${measurements.length} (left: distribution, right: false rejects)`,
    ],
    ...others.map(({ name, kind }, i) => [`c${i}`, kind === 'border' ? `${name} (border)` : name]),
  ] as const
  let x = 60
  return entries
    .map(([className, label], i) => {
      if (i === 1) x = 60
      const y = i === 0 ? 20 : 40
      const entry =
        `<path class="${className}" style="stroke-width:4" d="M${x} ${y - 4}h18"/>` +
        `<text x="${x + 24}" y="${y}">${label}</text>`
      x += 44 + label.length * 6
      return entry
    })
    .join('')
}

function pool(histograms: readonly Histogram[]): Histogram {
  const counts = new Map<number, number>()
  for (const [edge, count] of histograms.flatMap(({ bins }) => bins)) {
    counts.set(edge, (counts.get(edge) ?? 0) + count)
  }
  const sum = (of: 'positions' | 'zeros') => histograms.reduce((total, histogram) => total + histogram[of], 0)
  return {
    positions: sum('positions'),
    zeros: sum('zeros'),
    largest: Math.max(...histograms.map(({ largest }) => largest)),
    bins: [...counts].sort(([a], [b]) => a - b),
  }
}

function density({ positions, bins }: Histogram): Point[] {
  return bins.map(([edge, count]) => [edge, count / positions])
}

/** Steps at the bin edges, where the counts are exact. */
function curve(histogram: Histogram, rejected: boolean): Point[] {
  const floor = 10 ** decadesY[0]
  const share = (tolerance: number) => {
    const above = shareAbove(histogram, tolerance)
    return Math.max(floor, rejected ? above : 1 - above)
  }
  const points: Point[] = [[10 ** decadesX[0], share(10 ** decadesX[0])]]
  for (const [edge] of histogram.bins) {
    points.push([edge, points[points.length - 1][1]], [edge, share(edge)])
  }
  points.push([10 ** decadesX[1], points[points.length - 1][1]])
  return points
}
