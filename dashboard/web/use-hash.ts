import { useEffect, useState } from 'preact/hooks'

/** What the address asks for: a section, a miner's rollouts, or one rollout. */
export interface Place {
  readonly miner: string
  readonly rollout: string | null
}

/** Follows the part of the address after `#`. */
export function usePlace(): Place {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const follow = () => setHash(location.hash)
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return placeOf(hash)
}

export function placeOf(hash: string): Place {
  const miner = /^#rollouts\/(\d{1,9})(?:\/|$)/.exec(hash)?.[1] ?? 'all'
  const rollout = /\/(\d{1,9}-\d{1,9}-\d{1,9}-\d{1,9})$/.exec(hash)?.[1] ?? null
  return { miner, rollout }
}

export function addressOf({ miner, rollout }: Place): string {
  return `#rollouts/${miner}${rollout === null ? '' : `/${rollout}`}`
}
