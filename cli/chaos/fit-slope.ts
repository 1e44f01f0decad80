export interface Sample {
  readonly seconds: number
  readonly bytes: number
}

/** Bytes an hour by least squares; null below two moments. */
export function bytesPerHour(samples: readonly Sample[]): number | null {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const [seconds, bytes] = [mean((sample) => sample.seconds), mean((sample) => sample.bytes)]
  const spread = samples.reduce((sum, sample) => sum + (sample.seconds - seconds) ** 2, 0)
  if (spread === 0 || samples.length === 0) return null
  const together = samples.reduce(
    (sum, sample) => sum + (sample.seconds - seconds) * (sample.bytes - bytes),
    0,
  )
  return (3600 * together) / spread
}
