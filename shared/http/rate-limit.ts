import type { Clock } from '../clock.ts'

/** Says whether an address may ask once more now. */
export type RateLimit = (address: string) => boolean

/** Addresses remembered; beyond it the one that has been quiet longest is forgotten. */
const mostAddresses = 4096

/**
 * A bucket of requests for every address, which fills again with time.
 * @param burst requests that may come at once
 */
export function limitRate(
  { burst, perSecond }: { burst: number; perSecond: number },
  clock: Clock,
): RateLimit {
  const buckets = new Map<string, { left: number; atMs: number }>()
  return (address) => {
    const nowMs = clock.elapsedMs()
    const { left, atMs } = buckets.get(address) ?? { left: burst, atMs: nowMs }
    const filled = Math.min(burst, left + ((nowMs - atMs) * perSecond) / 1000)
    buckets.delete(address)
    buckets.set(address, { left: filled < 1 ? filled : filled - 1, atMs: nowMs })
    if (buckets.size > mostAddresses) {
      const [oldest] = buckets.keys()
      buckets.delete(oldest)
    }
    return filled >= 1
  }
}
