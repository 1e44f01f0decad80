/** One log-log panel of an SVG. Lengths in pixels; both axes run over whole decades. */
export interface Panel {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Powers of ten at both ends of the axis. */
  readonly decadesX: readonly [number, number]
  readonly decadesY: readonly [number, number]
}

export type Point = readonly [x: number, y: number]

/** A path through the points, in data units; what lies outside the panel is drawn on its edge. */
export function line(panel: Panel, points: readonly Point[], className: string): string {
  if (points.length === 0) return ''
  const d = points.map(([x, y]) => `${at(placeX(panel, x))} ${at(placeY(panel, y))}`).join('L')
  return `<path class="${className}" d="M${d}"/>`
}

/** As `line`, filled down to the panel's floor. */
export function area(panel: Panel, points: readonly Point[], className: string): string {
  if (points.length === 0) return ''
  const floor = at(panel.y + panel.height)
  const ends = [points[0][0], points[points.length - 1][0]].map((x) => at(placeX(panel, x)))
  const d = points.map(([x, y]) => `${at(placeX(panel, x))} ${at(placeY(panel, y))}`).join('L')
  return `<path class="${className}" d="M${ends[0]} ${floor}L${d}L${ends[1]} ${floor}Z"/>`
}

/** A vertical line with a label at its head. */
export function marker(panel: Panel, x: number, label: string): string {
  const px = at(placeX(panel, x))
  return (
    `<path class="marker" d="M${px} ${panel.y}V${panel.y + panel.height}"/>` +
    `<text class="marker-label" x="${px}" y="${panel.y - 4}" text-anchor="middle">${label}</text>`
  )
}

export function axes(panel: Panel, title: string, labelX: string): string {
  const { x, y, width, height, decadesX, decadesY } = panel
  const parts = [
    `<text class="title" x="${x}" y="${y - 20}">${title}</text>`,
    `<rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}"/>`,
  ]
  for (let power = decadesX[0]; power <= decadesX[1]; power++) {
    const px = at(placeX(panel, 10 ** power))
    if (power > decadesX[0] && power < decadesX[1])
      parts.push(`<path class="grid" d="M${px} ${y}V${y + height}"/>`)
    if ((power - decadesX[0]) % 2 === 0) {
      parts.push(`<text x="${px}" y="${y + height + 14}" text-anchor="middle">${powerOfTen(power)}</text>`)
    }
  }
  for (let power = decadesY[0]; power <= decadesY[1]; power++) {
    const py = at(placeY(panel, 10 ** power))
    if (power > decadesY[0] && power < decadesY[1])
      parts.push(`<path class="grid" d="M${x} ${py}H${x + width}"/>`)
    if ((power - decadesY[1]) % 2 === 0) {
      parts.push(`<text x="${x - 6}" y="${py + 4}" text-anchor="end">${powerOfTen(power)}</text>`)
    }
  }
  parts.push(`<text x="${x + width / 2}" y="${y + height + 30}" text-anchor="middle">${labelX}</text>`)
  return parts.join('')
}

function powerOfTen(power: number): string {
  if (power === 0) return '1'
  return `10<tspan dy="-4" font-size="8">${String(power).replace('-', '−')}</tspan>`
}

function placeX({ x, width, decadesX: [from, to] }: Panel, value: number): number {
  return x + width * share(value, from, to)
}

function placeY({ y, height, decadesY: [from, to] }: Panel, value: number): number {
  return y + height * (1 - share(value, from, to))
}

function share(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (Math.log10(value) - from) / (to - from)))
}

const at = (pixels: number) => Math.round(pixels * 10) / 10
