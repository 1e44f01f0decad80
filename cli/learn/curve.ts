import type { Hex } from 'viem'

/** One checkpoint's standing on held-out problems. */
export interface CurvePoint {
  readonly policy: Hex
  /** Optimiser steps, and rollouts trained on, up to this checkpoint. */
  readonly steps: number
  readonly rollouts: number
  /** pass@1 at the policy's temperature, 0 … 1. */
  readonly passRate: number
  readonly standardError: number
  readonly problems: number
}

const barWidth = 50

/** The learning curve for a terminal, a line a checkpoint. */
export function renderCurve(points: readonly CurvePoint[]): string {
  const lines = points.map(({ steps, passRate, standardError }) => {
    const share = `${percent(passRate).padStart(5)} % ± ${percent(standardError)}`
    return `${String(steps).padStart(6)}  ${share}  ${bar(passRate)}`
  })
  return [' steps  pass@1', ...lines].join('\n')
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** Full width is 100 %. */
function bar(share: number): string {
  const filled = Math.round(8 * barWidth * share)
  return '█'.repeat(Math.floor(filled / 8)) + eighths[filled % 8]
}

export function percent(share: number): string {
  return (100 * share).toFixed(1)
}
