import type { Figures } from './window.ts'

export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Each figure over all runs. */
export function spread(runs: readonly Figures[]): Readonly<Record<string, Spread>> {
  return Object.fromEntries(
    Object.keys(runs[0]).map((name) => {
      const sorted = runs.map((figures) => figures[name]).sort((a, b) => a - b)
      const middle = sorted.length / 2
      const median = (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2
      return [name, { median, least: sorted[0], most: sorted[sorted.length - 1] }]
    }),
  )
}
