/** Positions of the `count` largest magnitudes, in ascending order of position; of equals the earlier one. */
export function largestMagnitudes(values: Float32Array, count: number): number[] {
  return Array.from(values, (_, index) => index)
    .sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]) || a - b)
    .slice(0, count)
    .sort((a, b) => a - b)
}
