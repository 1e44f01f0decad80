/** Positions of the `count` largest magnitudes, in ascending order of position; of equals the earlier ones. */
export function largestMagnitudes(values: Float32Array, count: number): number[] {
  const magnitudes = values.map(Math.abs)
  const least = magnitudes.toSorted().at(-Math.min(count, values.length)) as number
  let ties = count - magnitudes.filter((magnitude) => magnitude > least).length
  const chosen: number[] = []
  magnitudes.forEach((magnitude, position) => {
    if (magnitude > least || (magnitude === least && ties-- > 0)) chosen.push(position)
  })
  return chosen
}
