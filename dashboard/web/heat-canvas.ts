import type { Weights } from '../views.ts'

/** Sides of a cell in CSS pixels: as large as the page allows, and large enough to point at. */
export function cellSize(miners: number): { readonly width: number; readonly height: number } {
  const width = Math.max(4, Math.min(24, Math.floor(1100 / miners)))
  return { width, height: Math.max(8, width) }
}

/** Drawn in the canvas's own colours: `color` for what counts, `outline-color` for what lies above consensus. */
export function drawHeat(canvas: HTMLCanvasElement, { rows, consensus }: Weights): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const { width, height } = cellSize(consensus.length)
  const scale = globalThis.devicePixelRatio || 1
  canvas.width = Math.round(width * consensus.length * scale)
  canvas.height = Math.round(height * rows.length * scale)
  context.scale(scale, scale)
  const { color, outlineColor } = getComputedStyle(canvas)
  // Of what counts: one validator's favourite must not make everything else pale.
  const most = Math.max(...rows.flatMap(({ clipped }) => clipped), 1e-9)
  rows.forEach(({ given, clipped }, row) => {
    given.forEach((weight, miner) => {
      if (weight === 0) return
      const kept = Math.min(1, (clipped[miner] ?? 0) / weight)
      const box = { x: miner * width, y: row * height, width: width - 1, height: height - 1 }
      context.globalAlpha = 0.1 + 0.9 * Math.min(1, weight / most)
      context.fillStyle = color
      context.fillRect(box.x, box.y + box.height * (1 - kept), box.width, box.height * kept)
      context.fillStyle = outlineColor
      context.fillRect(box.x, box.y, box.width, box.height * (1 - kept))
    })
  })
}
