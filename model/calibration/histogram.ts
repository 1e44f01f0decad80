/**
 * Deviations counted in bins whose upper edges are (1 + q/4) 2^e, q = 0 … 3: four to the octave, exact in binary on
 * every machine. A tolerance that is such an edge, as every power of two is, splits the counts exactly.
 */
export interface Histogram {
  /** Positions counted. */
  readonly positions: number
  /** Those that did not deviate at all. */
  readonly zeros: number
  readonly largest: number
  /** Upper edge and count of every bin that is not empty; ascending. */
  readonly bins: readonly (readonly [number, number])[]
}

export interface Tally {
  add(deviation: number): void
  histogram(): Histogram
}

/** Below it everything is one bin: less than float64 resolves in a sum of probabilities. */
const SMALLEST = 2 ** -60

export function createTally(): Tally {
  const counts = new Map<number, number>()
  let positions = 0
  let zeros = 0
  let largest = 0
  return {
    add(deviation) {
      positions++
      largest = Math.max(largest, deviation)
      if (deviation === 0) zeros++
      else counts.set(edgeAbove(deviation), (counts.get(edgeAbove(deviation)) ?? 0) + 1)
    },
    histogram: () => ({ positions, zeros, largest, bins: [...counts].sort(([a], [b]) => a - b) }),
  }
}

/** The least bin edge that is at least `value`. */
function edgeAbove(value: number): number {
  let octave = powerOfTwoAbove(value) / 2
  if (octave < SMALLEST) return SMALLEST
  if (octave * 2 === value) octave = value
  return octave + Math.ceil((value / octave - 1) * 4) * (octave / 4)
}

/** The least power of two that is at least `value`, for any positive finite value. */
export function powerOfTwoAbove(value: number): number {
  let power = 1
  while (power < value) power *= 2
  while (power / 2 >= value && power > 2 ** -1022) power /= 2
  return power
}

/** Share of positions that deviate by more than `tolerance`, which must be a bin edge for this to be exact. */
export function shareAbove({ positions, bins }: Histogram, tolerance: number): number {
  const above = bins.reduce((sum, [edge, count]) => (edge > tolerance ? sum + count : sum), 0)
  return positions === 0 ? 0 : above / positions
}
