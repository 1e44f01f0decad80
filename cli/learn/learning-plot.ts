/** Runs that differ in nothing but their seeds. */
export interface Series {
  readonly label: string
  readonly runs: readonly (readonly CurveSample[])[]
}

export interface CurveSample {
  /** Optimiser steps. */
  readonly steps: number
  /** 0 … 1 */
  readonly passRate: number
  readonly standardError: number
}

const width = 760
const height = 404
const panel = { x: 60, y: 56, width: 676, height: 300 }

/** Colours that can be read on white and on black; words follow the reader's scheme where the viewer knows it. */
const style = `
text{font:12px system-ui,sans-serif;fill:#768390}
.title{font-size:14px;font-weight:600}
.frame{fill:none;stroke:#8c959f}
.grid{stroke:#8c959f;stroke-opacity:.25;stroke-width:1}
path{fill:none;stroke-width:2;stroke-linejoin:round}
.error{stroke-width:1;stroke-opacity:.6}
.c0{stroke:#2da44e;fill:#2da44e}.c1{stroke:#3b82f6;fill:#3b82f6}.c2{stroke:#e5534b;fill:#e5534b}
path.c0,path.c1,path.c2{fill:none}
@media(prefers-color-scheme:light){text{fill:#57606a}.title{fill:#1f2328}}
@media(prefers-color-scheme:dark){text{fill:#9ea7b3}.title{fill:#f0f6fc}}
`.replaceAll('\n', '')

/** Held-out pass@1 over optimiser steps, a line a run and a colour a series; bars are one standard error. */
export function renderLearningPlot(title: string, series: readonly Series[]): string {
  const samples = series.flatMap(({ runs }) => runs.flat())
  const most = Math.max(1, ...samples.map(({ steps }) => steps))
  const body = series.flatMap(({ runs }, index) => runs.map((run) => drawRun(run, most, `c${index}`)))
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">` +
    `<title>${title}</title><style>${style}</style>` +
    `<text class="title" x="${panel.x}" y="20">${title}</text>` +
    `${legend(series)}${axes(most)}${body.join('')}</svg>\n`
  )
}

function legend(series: readonly Series[]): string {
  let x = panel.x
  return series
    .map(({ label }, index) => {
      const entry = `<path class="c${index}" d="M${x} 38h18"/><text x="${x + 24}" y="42">${label}</text>`
      x += 48 + label.length * 6.6
      return entry
    })
    .join('')
}

function axes(most: number): string {
  const { x, y, width, height } = panel
  const floor = y + height
  const shares = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => {
    const py = at(placeY(share))
    const label = `<text x="${x - 6}" y="${py + 4}" text-anchor="end">${100 * share} %</text>`
    return `<path class="grid" d="M${x} ${py}H${x + width}"/>${label}`
  })
  const step = tickOf(most)
  const ticks = Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step).map((steps) => {
    const px = at(placeX(steps, most))
    return `<path class="grid" d="M${px} ${y}V${floor}"/><text x="${px}" y="${floor + 16}" text-anchor="middle">${steps}</text>`
  })
  return (
    `<rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}"/>${shares.join('')}${ticks.join('')}` +
    `<text x="${x + width / 2}" y="${floor + 36}" text-anchor="middle">optimiser steps</text>` +
    `<text transform="rotate(-90 16 ${y + height / 2})" x="16" y="${y + height / 2}" text-anchor="middle">held-out pass@1</text>`
  )
}

/** 1, 2 or 5 times a power of ten, so that there are at most ten ticks. */
function tickOf(most: number): number {
  for (let power = 1; ; power *= 10) {
    const fitting = [power, 2 * power, 5 * power].find((tick) => most / tick <= 10)
    if (fitting) return fitting
  }
}

function drawRun(run: readonly CurveSample[], most: number, className: string): string {
  if (run.length === 0) return ''
  const points = run.map(({ steps, passRate, standardError }) => {
    const x = at(placeX(steps, most))
    const bar = `M${x} ${at(placeY(passRate - standardError))}V${at(placeY(passRate + standardError))}`
    return { x, y: at(placeY(passRate)), bar }
  })
  const line = `<path class="${className}" d="M${points.map(({ x, y }) => `${x} ${y}`).join('L')}"/>`
  const errors = `<path class="${className} error" d="${points.map(({ bar }) => bar).join('')}"/>`
  return (
    line +
    errors +
    points.map(({ x, y }) => `<circle class="${className}" cx="${x}" cy="${y}" r="2.5"/>`).join('')
  )
}

function placeX(steps: number, most: number): number {
  return panel.x + (panel.width * steps) / most
}

function placeY(share: number): number {
  return panel.y + panel.height * (1 - Math.min(1, Math.max(0, share)))
}

const at = (pixels: number) => Math.round(pixels * 10) / 10
